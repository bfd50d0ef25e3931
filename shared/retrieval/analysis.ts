import { bigramsOf, gramsOf } from './grams.ts';
import { stemOf } from './stems.ts';
import { stopWords } from './stop-words.ts';
import { wordsOf } from './words.ts';

/** The four ways in which a text is read for ranking; each has its own index. */
export const listNames = ['contentStems', 'allStems', 'grams', 'bigrams'] as const;
export type ListName = (typeof listNames)[number];
export type Analysis = Readonly<Record<ListName, readonly string[]>>;

/** Reads a text in all four ways at once. */
export const analyse = (text: string): Analysis => {
  const words = wordsOf(text);
  const allStems = words.map(stemOf);
  const contentStems = words.filter((word) => !stopWords.has(word)).map(stemOf);
  return { contentStems, allStems, grams: gramsOf(words), bigrams: bigramsOf(allStems) };
};
