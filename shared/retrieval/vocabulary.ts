import { commonStems } from './common-words.ts';
import type { IndexParts } from './index-parts.ts';
import { hashOf } from './term-hash.ts';

/** What is known of the words of some chunks. */
export interface Vocabulary {
  /** How telling a stem is: near 0 for everyday words, 3 to 4 for a rare one, more in a large knowledge base. */
  readonly rarity: (stem: string) => number;
  /** How many chunks there are. */
  readonly texts: () => number;
}

// A small knowledge base cannot tell everyday words from rare ones by counting. So each is thought to stand among fifty
// texts of everyday English, half of which hold each common word and none a rare one.
const everydayTexts = 50;
const everydayTextsWithCommonWord = 25;

/** The vocabulary of several indexes together; always up to date with them. */
export const vocabularyOf = (parts: readonly Pick<IndexParts, 'lists' | 'size'>[]): Vocabulary => {
  const texts = (): number => parts.reduce((sum, part) => sum + part.size(), 0);
  const rarity = (stem: string): number => {
    const term = hashOf(stem);
    const holding =
      parts.reduce((sum, part) => sum + part.lists.contentStems.textsWith(term), 0) +
      (isCommon(stem) ? everydayTextsWithCommonWord : 0);
    return Math.log(1 + (texts() + everydayTexts - holding + 0.5) / (holding + 0.5));
  };
  return { rarity, texts };
};

/** Vocabulary when nothing is known but everyday English. */
export const everydayVocabulary: Vocabulary = vocabularyOf([]);

const isCommon = (stem: string): boolean => commonStems.has(stem) || /^\d{1,2}$/u.test(stem);
