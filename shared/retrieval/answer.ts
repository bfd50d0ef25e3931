import type { AnswerSentence } from './answer-sentence.ts';
import { coverageOf } from './coverage.ts';
import { storedAnswer } from './faq.ts';
import { answerability, usualConfidenceMin } from './gate.ts';
import { readPassage, type Passage, type Sentence } from './passage.ts';
import { plainText } from './plain-text.ts';
import { readQuestion, type Question } from './question.ts';
import type { Hit } from './search.ts';
import { scoreSentences, type ScoredSentence } from './sentence-scores.ts';
import { everydayVocabulary, type Vocabulary } from './vocabulary.ts';

/**
 * `confidence` is the chance, 0 to 1, that the hits answer the question; both outcomes tell it. `closest` are the sentences
 * that would have been said: they may be offered as what comes nearest, never as an answer.
 */
export type Answer =
  | { readonly answerable: false; readonly confidence: number; readonly closest: readonly AnswerSentence[] }
  | { readonly answerable: true; readonly confidence: number; readonly sentences: readonly AnswerSentence[] };

const hitsRead = 5;
const sentencesMax = 3;
// A second sentence that is not half as good as the first only dilutes it.
const scoreShareMin = 0.5;
const likenessMax = 0.7;
const rowShareMin = 0.9;

/**
 * Answers a question from retrieved chunks (best first) in their own words: at most three sentences, each with its
 * chunk, or a whole stored answer when the best chunk is an FAQ entry that asks the same. `answerable: false` when the
 * chunks do not speak of what is asked. Give the index's vocabulary, so that telling words are told from common ones, and what
 * `confidenceMinOf` says of it.
 */
export const answerFrom = (
  question: string,
  hits: readonly Hit[],
  vocabulary: Vocabulary = everydayVocabulary,
  confidenceMin = usualConfidenceMin,
): Answer => {
  const asked = readQuestion(question, vocabulary);
  const passages = hits.slice(0, hitsRead).map(readPassage);
  const confidence = answerability(asked, passages);
  const stored = storedAnswer(asked, passages);
  const sentences = stored === undefined ? bestSentences(asked, passages) : [stored];
  return confidence < confidenceMin || sentences.length === 0
    ? { answerable: false, confidence, closest: sentences }
    : { answerable: true, confidence, sentences };
};

const bestSentences = (asked: Question, passages: readonly Passage[]): AnswerSentence[] =>
  inReadingOrder(bestOf(asked, scoreSentences(asked, passages))).map(({ sentence, passage }) => ({
    text: said(sentence),
    chunk: passage.hit.chunk,
  }));

// The fields of a record stand on lines of their own; said in a sentence they want something between them.
const said = ({ text, isRow }: Sentence): string => (isRow ? plainText(text).replaceAll('\n', ', ') : plainText(text));

const bestOf = (asked: Question, scored: readonly ScoredSentence[]): ScoredSentence[] => {
  const ranked = [...scored].sort((left, right) => right.score - left.score);
  const floor = (ranked[0]?.score ?? 0) * scoreShareMin;
  const chosen: ScoredSentence[] = [];
  for (const candidate of ranked) {
    if (chosen.length === sentencesMax || candidate.score < floor) break;
    if (candidate.sentence.isQuestion && chosen.length > 0) continue;
    if (chosen.some(({ sentence }) => isNearlySame(sentence, candidate.sentence))) continue;
    if (chosen.length > 0 && !adds(asked, candidate, chosen)) continue;
    chosen.push(candidate);
  }
  return chosen;
};

/** A further sentence speaks of the question itself or stands beside one that was chosen; a row must say as much. */
const adds = (
  asked: Question,
  { passage, sentence, score }: ScoredSentence,
  chosen: readonly ScoredSentence[],
): boolean => {
  const share = coverageOf(asked, sentence.stems).share;
  if (sentence.isRow) {
    const [first] = chosen;
    const firstShare = coverageOf(asked, first?.sentence.stems ?? new Set()).share;
    return share >= rowShareMin * firstShare && score >= rowShareMin * (first?.score ?? 0);
  }
  return share > 0 || chosen.some((other) => other.passage === passage && areNeighbours(other.sentence, sentence));
};

const areNeighbours = (left: Sentence, right: Sentence): boolean => Math.abs(left.position - right.position) === 1;

// Neighbouring chunks share sentences.
const isNearlySame = (left: Sentence, right: Sentence): boolean => {
  const shared = [...left.stems].filter((stem) => right.stems.has(stem)).length;
  return shared > likenessMax * Math.min(left.stems.size, right.stems.size);
};

const inReadingOrder = (chosen: readonly ScoredSentence[]): ScoredSentence[] => {
  const order = [...new Set(chosen.map(({ passage }) => passage))];
  return [...chosen].sort(
    (left, right) =>
      order.indexOf(left.passage) - order.indexOf(right.passage) || left.sentence.position - right.sentence.position,
  );
};
