import { bigramsOf, gramsOf } from './grams.ts';
import { stemOf } from './stems.ts';
import { stopWords } from './stop-words.ts';
import { phraseStemsOf, synonymsOf } from './synonyms.ts';
import type { Vocabulary } from './vocabulary.ts';
import { wordsOf } from './words.ts';

/** One telling word of a question and what it weighs. */
export interface QuestionTerm {
  readonly stem: string;
  readonly weight: number;
  readonly synonyms: ReadonlySet<string>;
  readonly grams: ReadonlySet<string>;
}

/** A question read for matching against passages. */
export interface Question {
  readonly text: string;
  readonly terms: readonly QuestionTerm[];
  /** What turns of phrase mean; a passage may match them but need not. */
  readonly hints: readonly string[];
  readonly bigrams: ReadonlySet<string>;
  /** How many chunks the question was asked of. */
  readonly texts: number;
}

const termsMax = 40;

/** Reads a question. One made of stop words only ("who are you?") keeps them as its terms. */
export const readQuestion = (text: string, vocabulary: Vocabulary): Question => {
  const words = wordsOf(text);
  const telling = words.filter((word) => !stopWords.has(word));
  const stems = [...new Set((telling.length > 0 ? telling : words).map(stemOf))].slice(0, termsMax);
  return {
    text,
    terms: stems.map((stem) => ({
      stem,
      weight: vocabulary.rarity(stem),
      synonyms: synonymsOf(stem),
      grams: new Set(gramsOf([stem])),
    })),
    hints: phraseStemsOf(text).filter((hint) => !stems.includes(hint)),
    bigrams: new Set(bigramsOf(telling.map(stemOf))),
    texts: vocabulary.texts(),
  };
};
