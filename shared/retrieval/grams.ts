import { isCjk } from './words.ts';

const gramChars = 4;

/**
 * Character 4-grams of each word, its edges marked, so that "refund" and "refunds" or a typing slip share most of them.
 * They need no knowledge of the language. A pair of Chinese, Japanese or Korean letters is a gram of its own.
 */
export const gramsOf = (words: readonly string[]): string[] => words.flatMap(gramsIn);

/** Neighbouring pairs, as one term each. */
export const bigramsOf = (terms: readonly string[]): string[] =>
  terms.slice(1).map((term, at) => `${terms[at] ?? ''} ${term}`);

const gramsIn = (word: string): string[] => {
  if (isCjk(word)) return [word];
  const marked = `_${word}_`;
  if (marked.length <= gramChars) return [marked];
  return Array.from({ length: marked.length - gramChars + 1 }, (_, at) => marked.slice(at, at + gramChars));
};
