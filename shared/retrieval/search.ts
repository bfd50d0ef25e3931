import { analyse, listNames, type ListName } from './analysis.ts';
import { bm25 } from './bm25.ts';
import type { Chunk } from './chunk.ts';
import { fuse, listLengthMax, type WeightedList } from './fusion.ts';
import type { Searchable } from './index-parts.ts';
import { isEnglish } from './language.ts';
import { expansionsOf } from './synonyms.ts';
import { hashOf } from './term-hash.ts';

/** A retrieved chunk; `score` orders the hits of one search and means nothing beyond it. */
export interface Hit {
  readonly chunk: Chunk;
  readonly score: number;
}

// Set by hand on three English question sets and confirmed on five others.
const englishWeights: Partial<Record<ListName, number>> = {
  contentStems: 0.5,
  allStems: 0.3,
  grams: 0.3,
  bigrams: 0.2,
};
// Stems and stop words are English ones; elsewhere grams alone rank best.
const otherWeights: Partial<Record<ListName, number>> = { grams: 1 };

const expansionWeight = 0.15;

const questionCharsMax = 2000;

/**
 * Ranks the chunks of several indexes together, best first, at most `limit`. Only the question's first 2,000 characters
 * are read.
 */
export const searchIndexes = (indexes: readonly Searchable[], question: string, limit: number): Hit[] => {
  const asked = question.slice(0, questionCharsMax);
  const weights = isMostlyEnglish(indexes) && isEnglish(asked) ? englishWeights : otherWeights;
  const terms = analyse(asked);
  const lists = listNames.flatMap((name) => {
    const weight = weights[name];
    return weight === undefined ? [] : [rankedList(indexes, name, terms[name], weight)];
  });
  if (weights === englishWeights) {
    lists.push(rankedList(indexes, 'contentStems', expansionsOf(asked).map(hashOf), expansionWeight));
  }
  return fuse(
    lists,
    indexes.reduce((sum, { parts }) => sum + parts.size(), 0),
  )
    .slice(0, limit)
    .map(([chunk, score]) => ({ chunk, score }));
};

const rankedList = (
  indexes: readonly Searchable[],
  name: ListName,
  terms: readonly number[],
  weight: number,
): WeightedList<Chunk> => {
  const lists = indexes.map(({ parts }) => parts.lists[name]);
  const ranked = bm25(lists, terms, listLengthMax).flatMap(([{ index, slot }, score]) => {
    const chunk = indexes[index]?.parts.chunkAt(slot);
    return chunk === undefined ? [] : [[chunk, score] as const];
  });
  return { weight, ranked };
};

const isMostlyEnglish = (indexes: readonly Searchable[]): boolean => {
  const chunks = indexes.reduce((sum, { parts }) => sum + parts.size(), 0);
  const english = indexes.reduce((sum, { parts }) => sum + parts.englishChunks(), 0);
  return english * 2 >= chunks;
};
