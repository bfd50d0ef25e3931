import { wordsOf } from '../../shared/retrieval/words.ts';

/** What Postgres is given to index or to look for; it stems `words` and takes `identifiers` as they are. */
export interface IndexText {
  readonly words: string;
  readonly identifiers: string;
  /** Words, for the length term of BM25. */
  readonly length: number;
}

const identifier = /[\p{L}\p{N}]+(?:[-_#/.][\p{L}\p{N}]+)*/gu;
const digitsMin = 4;
const identifiersMax = 100;

/**
 * Words in any script without accents, and identifiers (order numbers, error codes) written as one word: Postgres' own
 * parser reads `ORD-4711` as `ord` and minus 4711. A long number in an identifier is one too, as people leave out the rest.
 */
export const indexTextOf = (text: string): IndexText => {
  const words = wordsOf(text);
  return { words: words.join(' '), identifiers: identifiersOf(text).join(' '), length: words.length };
};

const identifiersOf = (text: string): readonly string[] => {
  const found = new Set<string>();
  for (const [raw] of text.toLowerCase().matchAll(identifier)) {
    if (!/\p{N}/u.test(raw)) continue;
    found.add(raw.replace(/[-_#/.]/g, ''));
    for (const number of raw.match(/\d+/g) ?? []) if (number.length >= digitsMin) found.add(number);
    if (found.size >= identifiersMax) break;
  }
  return [...found];
};
