import type { Index } from '../../shared/retrieval/index.ts';
import { answerFrom } from '../../shared/retrieval/answer.ts';
import { confidenceMinOf } from '../../shared/retrieval/calibration.ts';
import { mean, rounded } from './figures.ts';
import type { EvalDocument, EvalQuestion } from './read-data.ts';
import { teach } from './teach.ts';

/** What `eval:answerable` prints: shares of the documents' questions and of the strangers that get an answer. */
export interface AnswerableFigures {
  readonly docs: number;
  readonly queries: number;
  readonly oos: number;
  /** Answered when confidence is asked for that at most 5 % of the strangers reach. */
  readonly answered_at_5pct_false: number;
  readonly false_at_5pct: number;
  /** At the confidence that the product asks for. */
  readonly answered_at_gate: number;
  readonly false_at_gate: number;
}

const falseShareMax = 0.05;
const hitsMax = 10;

/** Asks questions with and without an answer in the documents and measures how well they are told apart. */
export const measureAnswerable = (
  documents: readonly EvalDocument[],
  questions: readonly EvalQuestion[],
  strangers: readonly string[],
): AnswerableFigures => {
  const index = teach(documents);
  const own = questions.map(({ text }) => ask(index, text));
  const foreign = strangers.map((text) => ask(index, text));
  const confidenceMin = confidenceOverAllBut(falseShareMax, foreign);
  const shareAt = (asked: readonly Asked[]): number => shareOf(asked, ({ confidence }) => confidence > confidenceMin);
  return {
    docs: documents.length,
    queries: questions.length,
    oos: strangers.length,
    answered_at_5pct_false: shareAt(own),
    false_at_5pct: shareAt(foreign),
    answered_at_gate: shareOf(own, ({ isAnswered }) => isAnswered),
    false_at_gate: shareOf(foreign, ({ isAnswered }) => isAnswered),
  };
};

interface Asked {
  readonly confidence: number;
  readonly isAnswered: boolean;
}

const ask = (index: Index, question: string): Asked => {
  const { confidence, answerable } = answerFrom(
    question,
    index.search(question, hitsMax),
    index.vocabulary,
    confidenceMinOf([index]),
  );
  return { confidence, isAnswered: answerable };
};

/** The confidence that at most `share` of these exceed. */
const confidenceOverAllBut = (share: number, asked: readonly Asked[]): number => {
  const sorted = asked.map(({ confidence }) => confidence).sort((left, right) => right - left);
  return sorted[Math.floor(share * sorted.length)] ?? 0;
};

const shareOf = (asked: readonly Asked[], isCounted: (each: Asked) => boolean): number =>
  rounded(mean(asked.map((each) => Number(isCounted(each)))));
