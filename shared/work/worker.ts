import type { Logger } from 'pino';
import type { Clock } from '../runtime/clock.ts';
import type { Running } from '../runtime/platform.ts';

interface WorkerOptions<Row> {
  readonly name: string;
  readonly clock: Clock;
  readonly logger: Logger;
  /** How long to rest when nothing is due; a wake-up ends the rest. */
  readonly pollMs: number;
  /** Rows run side by side at the most; also what `claim` is asked for. */
  readonly concurrency: number;
  /** What is told within this long is one look; 10 ms without it. */
  readonly gatherMs?: number;
  /** Takes due rows under a lease, at most `limit`. */
  readonly claim: (limit: number) => Promise<readonly Row[]>;
  /** Does the next step of a row and saves the outcome. What it throws is logged; the lease brings the row back. */
  readonly run: (row: Row, signal: AbortSignal) => Promise<void>;
}

export interface Worker extends Running {
  /** Look within `gatherMs`, or after `afterMs`, rather than at the next poll. */
  readonly wake: (afterMs?: number) => void;
}

// Well below what anybody waits for: events and steps, never an answer to a visitor, go through these loops.
const gatherMsDefault = 10;

/**
 * Runs rows that are due: the one loop behind relay, sagas, jobs and removals. The rows hold the truth, so a missed
 * wake-up costs one poll and a crash costs one lease.
 */
export const createWorker = <Row>(options: WorkerOptions<Row>): Worker => {
  const { gatherMs = gatherMsDefault } = options;
  const stopping = new AbortController();
  const running = new Set<Promise<void>>();
  let rest = new AbortController();
  let isGathering = false;

  /** Ends the rest a moment later, so that rows which become due or end together cost one claim. */
  const look = async (): Promise<void> => {
    if (isGathering) return;
    isGathering = true;
    await options.clock.sleep(gatherMs, stopping.signal);
    isGathering = false;
    rest.abort();
  };

  const start = (row: Row): void => {
    const task = options
      .run(row, stopping.signal)
      .catch((thrown: unknown) => options.logger.error({ err: thrown, worker: options.name }, 'step failed'))
      .finally(() => {
        running.delete(task);
        void look();
      });
    running.add(task);
  };

  const round = async (): Promise<void> => {
    rest = new AbortController();
    const free = options.concurrency - running.size;
    const rows = free > 0 ? await options.claim(free) : [];
    for (const row of rows) start(row);
    // Stopping ends the rest itself: a signal joined to the long-lived one would stay joined (Node 20 keeps it).
    if (!stopping.signal.aborted) await options.clock.sleep(options.pollMs, rest.signal);
  };

  const loop = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      try {
        await round();
      } catch (thrown) {
        options.logger.warn({ err: thrown, worker: options.name }, 'claim failed');
        await options.clock.sleep(options.pollMs, stopping.signal);
      }
    }
  };
  const looping = loop();

  return {
    wake: (afterMs = 0) => {
      if (afterMs > gatherMs) void options.clock.sleep(afterMs - gatherMs, stopping.signal).then(look);
      else void look();
    },
    stop: async () => {
      stopping.abort();
      rest.abort();
      await looping;
      await Promise.all(running);
    },
  };
};
