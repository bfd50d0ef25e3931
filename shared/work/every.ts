import type { Logger } from 'pino';
import type { Clock } from '../runtime/clock.ts';
import type { Running } from '../runtime/platform.ts';

interface EveryOptions {
  readonly name: string;
  readonly clock: Clock;
  readonly logger: Logger;
  /** The rest between the end of one round and the beginning of the next. */
  readonly restMs: number;
}

/**
 * Does `work` at once and again after each rest, one round at a time, until it is stopped; `stop` waits for the round that
 * runs. What it throws is logged, and the next round comes all the same.
 */
export const every = ({ name, clock, logger, restMs }: EveryOptions, work: () => Promise<unknown>): Running => {
  const stopping = new AbortController();
  const loop = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      await work().catch((thrown: unknown) => logger.warn({ err: thrown, timer: name }, 'round failed'));
      await clock.sleep(restMs, stopping.signal);
    }
  };
  const looping = loop();
  return {
    stop: async () => {
      stopping.abort();
      await looping;
    },
  };
};
