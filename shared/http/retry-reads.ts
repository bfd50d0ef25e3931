import { Failure } from '../errors/failure.ts';
import type { Clock } from '../runtime/clock.ts';
import { isHeldBack } from './held-back.ts';
import { upstreamStatusOf } from './status.ts';

const retriesMax = 2;
const baseMs = 200;
const pauseMaxMs = 1_000;
/** A slow failure is not worth another slow one while somebody holds a lease or waits. */
const quickMs = 3_000;
const savedMax = 10;
const savedPerCall = 0.1;

/** Runs a call, and runs it again where that is safe and affordable. */
export type RetryReads = <T>(
  work: () => Promise<T>,
  call: { readonly isRepeatable: boolean; readonly signal?: AbortSignal | undefined },
) => Promise<T>;

/**
 * Repeats failed reads in place: twice at most, with full jitter, and only as many as a tenth of all calls, so that retries
 * never are the load that keeps a system down. What said when to come back, was refused or was not sent is not repeated.
 */
export const createRetryReads = (clock: Pick<Clock, 'now' | 'random' | 'sleep'>): RetryReads => {
  let saved = savedMax;
  return async (work, { isRepeatable, signal }) => {
    saved = Math.min(savedMax, saved + savedPerCall);
    const startedAt = clock.now();
    for (let retries = 0; ; retries += 1) {
      try {
        return await work();
      } catch (thrown) {
        const mayRepeat = isRepeatable && retries < retriesMax && saved >= 1 && signal?.aborted !== true;
        if (!mayRepeat || !isWorthRepeating(thrown) || clock.now() - startedAt > quickMs) throw thrown;
        saved -= 1;
        await clock.sleep(clock.random() * Math.min(pauseMaxMs, baseMs * 2 ** retries), signal);
      }
    }
  };
};

const isWorthRepeating = (thrown: unknown): boolean =>
  thrown instanceof Failure &&
  thrown.retryable &&
  thrown.retryAfterMs === undefined &&
  upstreamStatusOf(thrown) !== 429 &&
  !isHeldBack(thrown);
