/** Normalised discounted gain of the first `limit` places: 1 when all relevant ones stand first. */
export const ndcg = (ranked: readonly string[], relevant: ReadonlySet<string>, limit: number): number => {
  const gainAt = (at: number): number => 1 / Math.log2(at + 2);
  const gain = ranked.slice(0, limit).reduce((sum, id, at) => sum + (relevant.has(id) ? gainAt(at) : 0), 0);
  const best = Array.from({ length: Math.min(limit, relevant.size) }, (_, at) => gainAt(at));
  return best.length === 0 ? 0 : gain / best.reduce((sum, each) => sum + each, 0);
};

/** Share of the relevant ones among the first `limit`. */
export const recall = (ranked: readonly string[], relevant: ReadonlySet<string>, limit: number): number =>
  relevant.size === 0 ? 0 : ranked.slice(0, limit).filter((id) => relevant.has(id)).length / relevant.size;

/** One over the place of the first relevant one among the first `limit`, 0 without one. */
export const reciprocalRank = (ranked: readonly string[], relevant: ReadonlySet<string>, limit: number): number => {
  const at = ranked.slice(0, limit).findIndex((id) => relevant.has(id));
  return at < 0 ? 0 : 1 / (at + 1);
};

/** Mean of some numbers, 0 of none. */
export const mean = (values: readonly number[]): number =>
  values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;

/** The smallest value that at least `share` of all values do not exceed; 0 of none. */
export const percentile = (values: readonly number[], share: number): number => {
  const sorted = [...values].sort((left, right) => left - right);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
};

/** Rounded to `digits` decimals. */
export const rounded = (value: number, digits = 4): number => Number(value.toFixed(digits));
