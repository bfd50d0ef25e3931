import { coverageOf } from './coverage.ts';
import { meetsExpectation } from './expectation.ts';
import { sharedBigrams, type Passage, type Sentence } from './passage.ts';
import type { Question } from './question.ts';

/** A sentence, where it comes from and how well it answers. */
export interface ScoredSentence {
  readonly passage: Passage;
  readonly sentence: Sentence;
  readonly score: number;
}

// Found on two development sets of encyclopedia paragraphs and papers; every part helps on both.
const previousWeight = 0.4;
const referredWeight = 0.8;
const nextWeight = 0.2;
const bigramWeight = 0.3;
const headingWeight = 0.25;
const expectationWeight = 0.3;
const rankWeight = 0.5;
const questionFactor = 0.3;
// "They reach you in five days." speaks of what the sentence before it named.
const refersBack = /^(?:it|its|they|their|these|this|those|that|he|she|his|her|both|each)\b/iu;

/** Scores every sentence of the passages by what it and its neighbours share with the question. */
export const scoreSentences = (question: Question, passages: readonly Passage[]): ScoredSentence[] =>
  passages.flatMap((passage) => {
    const own = passage.sentences.map(({ stems }) => coverageOf(question, stems).share);
    const heading = coverageOf(question, passage.titleStems).share;
    return passage.sentences.map((sentence, at) => {
      const overlap = own[at] ?? 0;
      const previous = refersBack.test(sentence.text) ? referredWeight : previousWeight;
      const context = sentence.isRow ? 0 : previous * (own[at - 1] ?? 0) + nextWeight * (own[at + 1] ?? 0);
      const score =
        overlap +
        context +
        bigramWeight * sharedBigrams(question, sentence) +
        headingWeight * heading +
        (meetsExpectation(question.text, sentence.text) ? expectationWeight : 0) +
        rankWeight / (passage.rank + 1);
      return { passage, sentence, score: sentence.isQuestion ? score * questionFactor : score };
    });
  });
