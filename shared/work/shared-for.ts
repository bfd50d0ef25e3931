import type { Clock } from '../runtime/clock.ts';

/**
 * One run of `work` serves everyone who asks within `ms` of its start; a failed one is not kept. Who asks later, while it
 * still runs, shares the run after it: two would only take the budget from each other.
 */
export const sharedFor = <T>(ms: number, clock: Pick<Clock, 'now'>, work: () => Promise<T>): (() => Promise<T>) => {
  let latest: { readonly at: number; readonly result: Promise<T> } | undefined;
  let following: Promise<T> | undefined;
  const begin = (): Promise<T> => {
    const mine = { at: clock.now(), result: work() };
    latest = mine;
    mine.result.catch(() => {
      if (latest === mine) latest = undefined;
    });
    return mine.result;
  };
  const afterLatest = async (): Promise<T> => {
    await latest?.result.catch(() => undefined);
    following = undefined;
    return begin();
  };
  return async () => {
    if (latest !== undefined && clock.now() - latest.at <= ms) return latest.result;
    following ??= afterLatest();
    return following;
  };
};
