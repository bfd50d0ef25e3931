import { gramsOf } from './grams.ts';
import { stemOf } from './stems.ts';
import { stopWords } from './stop-words.ts';
import { hashOf, hashOfPair } from './term-hash.ts';
import { wordsOf } from './words.ts';

/** The four ways in which a text is read for ranking. */
export const readingNames = ['contentStems', 'allStems', 'grams', 'bigrams'] as const;
/** The terms of a text, in order and with repeats, as `hashOf` numbers them. */
export type Reading = Readonly<Record<(typeof readingNames)[number], readonly number[]>>;

/** Reads a text in all four ways at once. */
export const read = (text: string): Reading => {
  const contentStems: number[] = [];
  const allStems: number[] = [];
  const grams: number[] = [];
  const bigrams: number[] = [];
  let before: number | undefined;
  for (const word of wordsOf(text)) {
    const { stem, isStopWord, grams: ownGrams } = readWord(word);
    if (!isStopWord) contentStems.push(stem);
    allStems.push(stem);
    for (const gram of ownGrams) grams.push(gram);
    if (before !== undefined) bigrams.push(hashOfPair(before, stem));
    before = stem;
  }
  return { contentStems, allStems, grams, bigrams };
};

interface WordTerms {
  readonly stem: number;
  readonly isStopWord: boolean;
  readonly grams: readonly number[];
}

const wordsRememberedMax = 30_000;
const remembered = new Map<string, WordTerms>();

// The same words come again and again: reading each once makes indexing several times faster.
const readWord = (word: string): WordTerms => {
  const known = remembered.get(word);
  if (known !== undefined) return known;
  const terms = {
    stem: hashOf(stemOf(word)),
    isStopWord: stopWords.has(word),
    grams: gramsOf([word]).map(hashOf),
  };
  if (remembered.size >= wordsRememberedMax) remembered.clear();
  remembered.set(word, terms);
  return terms;
};
