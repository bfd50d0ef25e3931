import { stem as porter2 } from 'porter2';
import { stopWords } from './stop-words.ts';
import { wordsOf } from './words.ts';

const wordsRememberedMax = 50_000;
const remembered = new Map<string, string>();

/**
 * The stem of one folded word, by Porter's second algorithm (Snowball's English). Words that are not plain Latin letters (numbers, other scripts) stay as they are.
 * Stems are remembered, at most 50,000 of them, since stemming is the dearest step of indexing.
 */
export const stemOf = (word: string): string => {
  const known = remembered.get(word);
  if (known !== undefined) return known;
  const stem = /^[a-z]{3,40}$/u.test(word) ? porter2(word) : word;
  if (remembered.size >= wordsRememberedMax) remembered.clear();
  remembered.set(word, stem);
  return stem;
};

/** Stems of the words of a text that carry meaning, in order, with repeats. */
export const contentStemsOf = (text: string): string[] =>
  wordsOf(text)
    .filter((word) => !stopWords.has(word))
    .map(stemOf);
