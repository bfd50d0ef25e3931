import type { Database } from '../db/client.ts';
import { Failure } from '../errors/failure.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Logger } from '../telemetry/logger.ts';
import { endStart, recordStart, type Start } from './inbox.ts';

/** Handles one suspect: a message in whose earlier handling a process may have died. */
export type SuspectRun = (consumer: string, messageId: string, effect: () => Promise<void>) => Promise<void>;

interface SuspectsOptions {
  readonly database: Database;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Another for every process. */
  readonly processId: string;
}

// With the delivery that made a suspect of it, the third process ended.
const startsMax = 2;
const unclearedMax = 1_000;
const clearPauseMs = 1_000;
// An outage longer than that is rather the next deployment's.
const clearTriesMax = 3_600;

/**
 * Counts in Postgres the processes that began a suspect and did not live to end it; past two the message is refused for
 * good, so it ends up among the dead letters instead of ending a fourth process. The count is written before the handler
 * runs and cleared after any outcome; while the database is away the clearing is repeated, or the outage would pass for
 * a death. The bus runs suspects alone, so nobody else's count grows. First deliveries, the ones that matter for speed,
 * never come here.
 */
export const createSuspectRun = ({ database, clock, logger, processId }: SuspectsOptions): SuspectRun => {
  /** What this process has ended and could not yet say so. */
  const uncleared = new Map<string, Start>();

  const clear = async (key: string, start: Start): Promise<void> => {
    await database.run((client) => endStart(client, start));
    uncleared.delete(key);
  };
  let isClearing = false;
  const clearAll = async (): Promise<void> => {
    isClearing = true;
    for (let tries = 0; uncleared.size > 0 && tries < clearTriesMax; tries += 1) {
      await clock.sleep(clearPauseMs);
      try {
        for (const [key, start] of uncleared) await clear(key, start);
      } catch (thrown) {
        logger.debug({ err: thrown }, 'starts of suspects still not cleared');
      }
    }
    uncleared.clear();
    isClearing = false;
  };
  const keep = (key: string, start: Start): void => {
    if (uncleared.size >= unclearedMax) return;
    uncleared.set(key, start);
    if (!isClearing) void clearAll();
  };

  return async (consumer, messageId, effect) => {
    const start = { consumer, messageId, processId };
    const key = `${consumer} ${messageId}`;
    // Else this process, which lives, would count beside another that began it meanwhile.
    if (uncleared.has(key)) await clear(key, start);
    const starts = await database.run((client) => recordStart(client, start));
    if (starts === undefined) return;
    if (starts > startsMax)
      throw new Failure('internal', { detail: `its process ended ${starts} times while handling it` });
    try {
      await effect();
    } finally {
      await clear(key, start).catch((thrown: unknown) => {
        logger.warn({ err: thrown, consumer }, 'start of a suspect not cleared');
        keep(key, start);
      });
    }
  };
};
