/** The best so many of what it is offered. */
export interface BestOf<Item> {
  /** The score that an offer must exceed once there are enough. */
  readonly floor: () => number;
  readonly offer: (item: Item, score: number) => void;
  /** Best first; of equal ones the one offered first. */
  readonly ranked: () => readonly (readonly [Item, number])[];
}

/** Keeps `limit` items. An offer below the floor costs nothing, and soon almost all are. */
export const createBestOf = <Item>(limit: number): BestOf<Item> => {
  const kept: (readonly [Item, number])[] = [];
  const floor = (): number => (kept.length < limit ? Number.NEGATIVE_INFINITY : (kept.at(-1)?.[1] ?? Infinity));
  return {
    floor,
    offer: (item, score) => {
      if (score <= floor()) return;
      let low = 0;
      let high = kept.length;
      while (low < high) {
        const middle = (low + high) >>> 1;
        if ((kept[middle]?.[1] ?? 0) >= score) low = middle + 1;
        else high = middle;
      }
      kept.splice(low, 0, [item, score]);
      if (kept.length > limit) kept.pop();
    },
    ranked: () => kept,
  };
};
