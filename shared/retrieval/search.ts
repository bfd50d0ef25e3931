import { bm25 } from './bm25.ts';
import type { Chunk } from './chunk.ts';
import { fuse, listLengthMax, type WeightedList } from './fusion.ts';
import type { IndexParts, Searchable } from './index-parts.ts';
import { isEnglish } from './language.ts';
import { listNames, type ListName } from './lists.ts';
import { read } from './reading.ts';
import { expansionsOf } from './synonyms.ts';
import { hashOf } from './term-hash.ts';

/** A retrieved chunk; `score` orders the hits of one search and means nothing beyond it. */
export interface Hit {
  readonly chunk: Chunk;
  readonly score: number;
}

type Weights = Partial<Record<ListName, number>>;

// Set by hand on three English question sets and confirmed on five others.
const englishWeights: Weights = { contentStems: 0.5, allStems: 0.3, grams: 0.3, bigrams: 0.2 };
// Stems and stop words are English ones; elsewhere grams alone rank best.
const otherWeights: Weights = { grams: 1 };
// Where headings are questions, one that asks the same is the answer, whatever else its text speaks of.
const faqWeights: Weights = { headings: 0.3 };
const faqShareMin = 0.5;
const expansionWeight = 0.15;

const questionCharsMax = 2000;

/**
 * Ranks the chunks of several indexes together, best first, at most `limit`. Only the question's first 2,000 characters
 * are read.
 */
export const searchIndexes = (indexes: readonly Searchable[], question: string, limit: number): Hit[] => {
  const asked = question.slice(0, questionCharsMax);
  const chunks = sumOf(indexes, ({ size }) => size());
  const isEnglishHere = sumOf(indexes, ({ englishChunks }) => englishChunks()) * 2 >= chunks && isEnglish(asked);
  const isFaq = sumOf(indexes, ({ askingChunks }) => askingChunks()) >= faqShareMin * chunks;
  const { contentStems, allStems, grams, bigrams } = read(asked);
  const terms = { contentStems, allStems, grams, bigrams, headings: grams };
  const weights = { ...(isEnglishHere ? englishWeights : otherWeights), ...(isFaq ? faqWeights : {}) };
  const lists = listNames.flatMap((name) => {
    const weight = weights[name];
    return weight === undefined ? [] : [rankedList(indexes, name, terms[name], weight)];
  });
  if (isEnglishHere) {
    lists.push(rankedList(indexes, 'contentStems', expansionsOf(asked).map(hashOf), expansionWeight));
  }
  return fuse(lists, chunks)
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

const sumOf = (indexes: readonly Searchable[], figure: (parts: IndexParts) => number): number =>
  indexes.reduce((sum, { parts }) => sum + figure(parts), 0);
