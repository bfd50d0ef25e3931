import { bigramsOf } from './grams.ts';
import type { Question } from './question.ts';
import type { Hit } from './search.ts';
import { sentencesOf } from './sentences.ts';
import { stemOf } from './stems.ts';
import { withTablesInWords } from './tables.ts';
import { stopWords } from './stop-words.ts';
import { wordsOf } from './words.ts';

/** A sentence of a hit, read for matching. */
export interface Sentence {
  readonly text: string;
  readonly stems: ReadonlySet<string>;
  readonly bigrams: ReadonlySet<string>;
  readonly isQuestion: boolean;
  /** A row of a table stands for itself. */
  readonly isRow: boolean;
  /** Place within its chunk. */
  readonly position: number;
}

/** A hit, its heading and its sentences read for matching. */
export interface Passage {
  readonly hit: Hit;
  /** Place among the hits, from 0. */
  readonly rank: number;
  readonly titleStems: ReadonlySet<string>;
  readonly stems: ReadonlySet<string>;
  readonly sentences: readonly Sentence[];
}

/** Reads a hit's chunk. Sentences without a word (rules, lone marks) are left out. */
export const readPassage = (hit: Hit, rank: number): Passage => {
  const titleStems = new Set(tellingStems(hit.chunk.title));
  const sentences = sentencesOf(withTablesInWords(hit.chunk.text))
    .map((text, position) => readSentence(text.trim(), position))
    .filter(({ text }) => wordsOf(text).length > 0);
  return {
    hit,
    rank,
    titleStems,
    stems: new Set([...titleStems, ...sentences.flatMap(({ stems }) => [...stems])]),
    sentences,
  };
};

/** Share of the question's pairs of neighbouring words that the sentence holds. */
export const sharedBigrams = (question: Question, sentence: Sentence): number => {
  if (question.bigrams.size === 0) return 0;
  const shared = [...question.bigrams].filter((bigram) => sentence.bigrams.has(bigram)).length;
  return shared / question.bigrams.size;
};

const readSentence = (text: string, position: number): Sentence => {
  const telling = tellingStems(text);
  return {
    text,
    stems: new Set(telling),
    bigrams: new Set(bigramsOf(telling)),
    isRow: /^[^,:.]{1,60}: [^.]*, [^,:]{1,60}: /u.test(text) || isRecord(text),
    isQuestion: /[?？]["'”’)*_]*$/u.test(text),
    position,
  };
};

const tellingStems = (text: string): string[] => {
  const words = wordsOf(text);
  const telling = words.filter((word) => !stopWords.has(word));
  return (telling.length > 0 ? telling : words).map(stemOf);
};

/** Lines `field: value` and nothing else, as a row of a CSV file reads. */
const isRecord = (text: string): boolean => {
  const lines = text.trim().split('\n');
  return lines.length > 1 && lines.every((line) => /^[^:\n]{1,60}: \S/u.test(line));
};
