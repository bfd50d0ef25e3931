import type { Clock } from '../runtime/clock.ts';

/** One run of `work` serves everyone who asks within `ms` of its start; a failed one is not kept. */
export const sharedFor = <T>(ms: number, clock: Pick<Clock, 'now'>, work: () => Promise<T>): (() => Promise<T>) => {
  let latest: { readonly at: number; readonly result: Promise<T> } | undefined;
  return async () => {
    if (latest !== undefined && clock.now() - latest.at <= ms) return latest.result;
    const mine = { at: clock.now(), result: work() };
    latest = mine;
    mine.result.catch(() => {
      if (latest === mine) latest = undefined;
    });
    return mine.result;
  };
};
