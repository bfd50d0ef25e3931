import { CircuitState, type IBreaker } from 'cockatiel';
import type { Clock } from '../runtime/clock.ts';

const windowSeconds = 30;
const callsMin = 20;
const failedShareMax = 0.5;
const failuresInRowMax = 5;

interface Second {
  readonly at: number;
  calls: number;
  failures: number;
}

/**
 * When a closed breaker opens: half of at least 20 calls of the last 30 s failed, or five calls in a row. Cockatiel's own
 * sampling breaker forgets by calls rather than by time, so that a quiet system would be judged by what it did hours ago.
 */
export const createBreakerRule = ({ now }: Pick<Clock, 'now'>): IBreaker => {
  let inRow = 0;
  let seconds: Second[] = [];
  const record = (failures: 0 | 1): void => {
    const at = Math.floor(now() / 1_000);
    let last = seconds.at(-1);
    if (last?.at !== at) {
      last = { at, calls: 0, failures: 0 };
      seconds = [...seconds.filter((second) => second.at > at - windowSeconds), last];
    }
    last.calls += 1;
    last.failures += failures;
    inRow = failures === 0 ? 0 : inRow + 1;
  };
  return {
    // Asked for by the interface; nothing is stored.
    state: undefined,
    success: () => record(0),
    failure: (state) => {
      // A probe that failed, or told nothing: it stays open anyway, and is none of the calls that are weighed.
      if (state === CircuitState.HalfOpen) return true;
      record(1);
      const calls = seconds.reduce((sum, second) => sum + second.calls, 0);
      const failures = seconds.reduce((sum, second) => sum + second.failures, 0);
      return inRow >= failuresInRowMax || (calls >= callsMin && failures >= failedShareMax * calls);
    },
  };
};
