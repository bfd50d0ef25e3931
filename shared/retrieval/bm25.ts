import { createBestOf } from './best-of.ts';
import type { TermIndex } from './term-index.ts';

const saturation = 1.2;
const lengthPull = 0.6;

/** A text by the index that has it and its slot there. */
export interface TextPlace {
  readonly index: number;
  readonly slot: number;
}

/**
 * The best `limit` texts by BM25 of the query's terms, over several indexes as if they were one: rarity and average length
 * are taken over all of them, so that scores from a small and a large index can be compared.
 */
export const bm25 = (
  indexes: readonly TermIndex[],
  terms: readonly number[],
  limit: number,
): readonly (readonly [TextPlace, number])[] => {
  const best = createBestOf<TextPlace>(limit);
  const { weights, lengthMean } = weigh(indexes, terms);
  const normOfNothing = saturation * (1 - lengthPull);
  const normOfLength = (saturation * lengthPull) / lengthMean;
  indexes.forEach((index, at) => {
    const scores = new Float64Array(index.statistics().slots);
    for (const [term, weight] of weights) {
      index.forEachText(term, (slot, frequency, length) => {
        const share = frequency / (frequency + normOfNothing + normOfLength * length);
        scores[slot] = (scores[slot] ?? 0) + weight * (saturation + 1) * share;
      });
    }
    scores.forEach((score, slot) => {
      if (score > 0 && score > best.floor()) best.offer({ index: at, slot }, score);
    });
  });
  return best.ranked();
};

/** What each term weighs: rarer ones more, repeated ones as often as they stand in the query. */
const weigh = (indexes: readonly TermIndex[], terms: readonly number[]) => {
  const statistics = indexes.map((index) => index.statistics());
  const texts = statistics.reduce((sum, each) => sum + each.texts, 0);
  const lengthTotal = statistics.reduce((sum, each) => sum + each.lengthTotal, 0);
  const weights = new Map<number, number>();
  for (const term of terms) {
    const holding = indexes.reduce((sum, index) => sum + index.textsWith(term), 0);
    if (holding === 0) continue;
    const weight = Math.log(1 + (texts - holding + 0.5) / (holding + 0.5));
    weights.set(term, (weights.get(term) ?? 0) + weight);
  }
  return { weights, lengthMean: lengthTotal / Math.max(texts, 1) };
};
