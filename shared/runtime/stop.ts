import type { Bus } from '../bus/port.ts';
import type { Database } from '../db/client.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Clock } from './clock.ts';
import type { Running } from './platform.ts';

interface Parts {
  /** By name, for the log. */
  readonly services: ReadonlyMap<string, Running>;
  readonly bus: Pick<Bus, 'drain'>;
  readonly database: Pick<Database, 'close'>;
  readonly health: Running | undefined;
  readonly telemetry: Running;
  readonly logger: Logger;
  readonly clock: Clock;
}

/** What every part gets at least, however long those before it took: enough to close what is idle. */
const leastMs = 1_000;

/**
 * Stops a process within `timeoutMs` and three more seconds. The services go first and side by side, since none needs
 * another to finish; the bus after them, because who answers HTTP still asks over it; the database when nobody has work
 * left; the probes last, so that a supervisor sees `draining` to the end. A part that fails or takes too long is named in
 * the log and left behind: rows and leases bring its work back.
 */
export const createStop =
  ({ services, bus, database, health, telemetry, logger, clock }: Parts) =>
  async (timeoutMs: number): Promise<void> => {
    const until = clock.now() + timeoutMs;
    const left = (): number => Math.max(until - clock.now(), leastMs);
    const ended = async (part: string, ms: number, stopping: Promise<void>): Promise<void> => {
      const late = new AbortController();
      const outcome = await Promise.race([
        stopping.then(
          () => 'ended' as const,
          (thrown: unknown) => logger.error({ err: thrown, part }, 'stop failed'),
        ),
        clock.sleep(ms, late.signal).then(() => 'late' as const),
      ]);
      late.abort();
      if (outcome === 'late') logger.warn({ part, ms }, 'did not stop in time and is left behind');
    };
    await Promise.all([...services].map(([name, service]) => ended(name, left(), service.stop())));
    const drainMs = left();
    await ended('bus', drainMs + leastMs / 2, bus.drain(drainMs));
    await ended('database', leastMs, database.close());
    await Promise.all([
      ended('telemetry', leastMs, telemetry.stop()),
      health === undefined ? undefined : ended('health', leastMs, health.stop()),
    ]);
  };
