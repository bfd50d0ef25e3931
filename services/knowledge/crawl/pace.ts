import { LRUCache } from 'lru-cache';
import type { Clock } from '../../../shared/runtime/clock.ts';

export interface Pace {
  /**
   * Waits until the address's host may be asked again: `gapMs` after the last request to it, whichever crawl made it. Answers
   * how long is still to be waited when that is more than two seconds: too long to sit there.
   */
  readonly wait: (url: string, gapMs: number, signal: AbortSignal) => Promise<number>;
}

const sitMaxMs = 2_000;
const hostsMax = 1_000;

/** One pace for all crawls of a process, so that several crawls of one host together are no more of a burden than one. */
export const createPace = (clock: Pick<Clock, 'now' | 'sleep'>): Pace => {
  const askedAt = new LRUCache<string, number>({ max: hostsMax });
  return {
    wait: async (url, gapMs, signal) => {
      const { host } = new URL(url);
      for (;;) {
        const waitMs = (askedAt.get(host) ?? -Infinity) + gapMs - clock.now();
        if (waitMs > sitMaxMs) return waitMs;
        if (waitMs <= 0 || signal.aborted) break;
        await clock.sleep(waitMs, signal);
      }
      askedAt.set(host, clock.now());
      return 0;
    },
  };
};
