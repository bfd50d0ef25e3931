/** More of a list is not looked at. */
export const listLengthMax = 100;

/** One ranked list and how much it counts. */
export interface WeightedList<Item> {
  readonly weight: number;
  /** Best first, at most `listLengthMax`. */
  readonly ranked: readonly (readonly [Item, number])[];
}

/**
 * Joins lists whose scores have different scales: each list's best hundred are brought to mean 0 and deviation 1, then
 * added by weight. Of `items` things in all, those that a list does not hold score 0 in it and take part in mean and
 * deviation up to the hundred, so that the only hit of a list counts for much. Best first.
 */
export const fuse = <Item>(lists: readonly WeightedList<Item>[], items: number): (readonly [Item, number])[] => {
  const fused = new Map<Item, number>();
  let floor = 0;
  for (const { weight, ranked } of lists) {
    const { mean, deviation } = spreadOf(
      ranked.map(([, score]) => score),
      Math.min(listLengthMax, items),
    );
    const last = ranked.length < Math.min(listLengthMax, items) ? 0 : (ranked.at(-1)?.[1] ?? 0);
    // All alike, such as the one chunk of a small knowledge base: found, but no better than the others.
    const unit = deviation === 0 ? 0 : weight / deviation;
    floor += unit * (last - mean);
    for (const [item, score] of ranked) fused.set(item, (fused.get(item) ?? 0) + unit * (score - last));
  }
  return [...fused].map(([item, score]) => [item, score + floor] as const).sort(([, left], [, right]) => right - left);
};

const spreadOf = (scores: readonly number[], length: number): { mean: number; deviation: number } => {
  const sum = scores.reduce((total, score) => total + score, 0);
  const squares = scores.reduce((total, score) => total + score ** 2, 0);
  const mean = sum / length;
  return { mean, deviation: Math.sqrt(Math.max(0, squares / length - mean ** 2)) };
};
