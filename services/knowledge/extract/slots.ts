import { Failure } from '../../../shared/errors/failure.ts';

export interface Slots {
  /** Runs `work` when a place is free. Throws `overloaded` when too many wait, `deadline_exceeded` when the signal aborts first. */
  readonly run: <T>(work: () => Promise<T>, signal?: AbortSignal) => Promise<T>;
  /** As `run`, while nothing else runs. */
  readonly runAlone: <T>(work: () => Promise<T>, signal?: AbortSignal) => Promise<T>;
}

/** At most `slots` at once and `queueMax` waiting, first come first served. */
export const createSlots = (options: { readonly slots: number; readonly queueMax: number }): Slots => {
  const waiting = new Set<() => void>();
  let free = options.slots;

  const take = (signal?: AbortSignal): Promise<void> =>
    new Promise((resolve, reject) => {
      if (free > 0) {
        free -= 1;
        resolve();
        return;
      }
      if (waiting.size >= options.queueMax) {
        reject(new Failure('overloaded', { retryAfterMs: 5_000 }));
        return;
      }
      const enter = (): void => {
        signal?.removeEventListener('abort', leave);
        resolve();
      };
      const leave = (): void => {
        waiting.delete(enter);
        reject(new Failure('deadline_exceeded'));
      };
      signal?.addEventListener('abort', leave, { once: true });
      waiting.add(enter);
    });

  const release = (): void => {
    const [next] = waiting;
    if (next === undefined) {
      free += 1;
      return;
    }
    waiting.delete(next);
    next();
  };

  /** Runs with `places` of the places. */
  const runWith = async <T>(places: number, work: () => Promise<T>, signal?: AbortSignal): Promise<T> => {
    let taken = 0;
    try {
      for (; taken < places; taken += 1) await take(signal);
      return await work();
    } finally {
      for (; taken > 0; taken -= 1) release();
    }
  };

  // Two that each hold a part of the places would wait for each other for ever.
  let lastAlone: Promise<unknown> = Promise.resolve();
  return {
    run: (work, signal) => runWith(1, work, signal),
    runAlone: (work, signal) => {
      const alone = lastAlone.then(() => runWith(options.slots, work, signal));
      lastAlone = alone.catch(() => undefined);
      return alone;
    },
  };
};
