import { answerability, usualConfidenceMin } from './gate.ts';
import type { IndexParts, Searchable } from './index-parts.ts';
import { readPassage } from './passage.ts';
import { readQuestion } from './question.ts';
import { searchIndexes } from './search.ts';
import { strangers } from './strangers.ts';
import { vocabularyOf } from './vocabulary.ts';

const boldestShare = 0.1;
const hitsRead = 3;
const sizeChangeMax = 0.2;

const known = new WeakMap<IndexParts, { readonly chunks: number; readonly confidenceMin: number }>();

/**
 * The confidence from which these indexes' answers are given: between what is usual and what the boldest tenth of questions
 * about other things reach on each index itself, which is about what all but one in twenty of them fall short of. Measured
 * again when an index grew or shrank by a fifth; that takes a millisecond or two a question for thousands of chunks.
 */
export const confidenceMinOf = (indexes: readonly Searchable[]): number =>
  indexes.length === 0 ? usualConfidenceMin : Math.max(...indexes.map(calibrated));

const calibrated = (index: Searchable): number => {
  const chunks = index.parts.size();
  const before = known.get(index.parts);
  if (before !== undefined && Math.abs(chunks - before.chunks) <= sizeChangeMax * before.chunks) {
    return before.confidenceMin;
  }
  const confidenceMin = measured(index);
  known.set(index.parts, { chunks, confidenceMin });
  return confidenceMin;
};

const measured = (index: Searchable): number => {
  const vocabulary = vocabularyOf([index.parts]);
  const confidences = strangers.map((stranger) =>
    answerability(readQuestion(stranger, vocabulary), searchIndexes([index], stranger, hitsRead).map(readPassage)),
  );
  const boldest = confidences.sort((left, right) => right - left).slice(0, Math.ceil(boldestShare * strangers.length));
  const mean = boldest.reduce((sum, confidence) => sum + confidence, 0) / boldest.length;
  // Eighty questions alone would say too little.
  return (usualConfidenceMin + mean) / 2;
};
