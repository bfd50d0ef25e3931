import type { TermIndex } from './term-index.ts';

const saturation = 1.2;
const lengthPull = 0.6;

/** Score of each text by slot, one map for each index given. */
export type Scores = readonly ReadonlyMap<number, number>[];

/**
 * BM25 of the query's terms over several indexes as if they were one: rarity and average length are taken over all of
 * them, so that scores from a small and a large index can be compared.
 */
export const bm25 = (indexes: readonly TermIndex[], terms: readonly string[]): Scores => {
  const scores = indexes.map(() => new Map<number, number>());
  const statistics = indexes.map((index) => index.statistics());
  const texts = statistics.reduce((sum, { texts: count }) => sum + count, 0);
  const lengthMean = statistics.reduce((sum, { lengthTotal }) => sum + lengthTotal, 0) / Math.max(texts, 1);
  for (const [term, times] of countOf(terms)) {
    const holding = indexes.reduce((sum, index) => sum + index.textsWith(term), 0);
    if (holding === 0) continue;
    const weight = times * Math.log(1 + (texts - holding + 0.5) / (holding + 0.5));
    indexes.forEach((index, at) => {
      const own = scores[at];
      if (own === undefined) return;
      index.forEachText(term, (slot, frequency, length) => {
        const norm = saturation * (1 - lengthPull + (lengthPull * length) / lengthMean);
        own.set(slot, (own.get(slot) ?? 0) + (weight * frequency * (saturation + 1)) / (frequency + norm));
      });
    });
  }
  return scores;
};

const countOf = (terms: readonly string[]): Map<string, number> => {
  const counts = new Map<string, number>();
  for (const term of terms) counts.set(term, (counts.get(term) ?? 0) + 1);
  return counts;
};
