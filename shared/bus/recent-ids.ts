import type { Clock } from '../runtime/clock.ts';

/** Work that is done once per id: whoever comes while it runs waits for it, whoever comes within the window is spared. */
export interface RecentIds {
  once(id: string, work: () => Promise<void>): Promise<void>;
}

interface RecentIdsOptions {
  readonly clock: Clock;
  readonly windowMs: number;
}

const doneMax = 100_000;

/** Work that fails is forgotten, so that it can be tried again. */
export const createRecentIds = ({ clock, windowMs }: RecentIdsOptions): RecentIds => {
  const underWay = new Map<string, Promise<void>>();
  // In the order in which they were done, so the oldest are in front.
  const doneAt = new Map<string, number>();

  const forgetOld = (): void => {
    for (const [id, at] of doneAt) {
      if (at > clock.now() - windowMs && doneAt.size <= doneMax) return;
      doneAt.delete(id);
    }
  };

  return {
    once: async (id, work) => {
      forgetOld();
      if (doneAt.has(id)) return;
      const already = underWay.get(id);
      if (already !== undefined) return already;
      const task = work()
        .then(() => void doneAt.set(id, clock.now()))
        .finally(() => underWay.delete(id));
      underWay.set(id, task);
      return task;
    },
  };
};
