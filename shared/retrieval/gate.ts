import { coverageOf } from './coverage.ts';
import { sharedBigrams, type Passage, type Sentence } from './passage.ts';
import type { Question } from './question.ts';

/** What the gate looks at; each is 0 to 1, but for `crowd`. */
interface Evidence {
  /** Share of the question that the best chunk speaks of. */
  readonly chunk: number;
  /** Share that its best sentence with its heading and neighbours speaks of. */
  readonly window: number;
  /** Likeness of question and heading. */
  readonly heading: number;
  /** Weight of the question's terms that the chunk holds, over what four rare words weigh. */
  readonly held: number;
  /** Share of the question's neighbouring words that stand together in one sentence of the chunk. */
  readonly together: number;
  /** How many chunks there are, in powers of a thousand: with more of them, more is shared by chance. */
  readonly crowd: number;
  /** What the chunk does not speak of, when an errand is asked for: "book me a flight" is not about books. */
  readonly errand: number;
}

const errand =
  /^\W*(?:please |can you |could you |would you |will you |i (?:want|need|would like) you to |i'd like you to )*(?:book|order|buy|call|play|set|turn|remind|transfer|send|text|schedule|translate|sing|write|read|open|create|delete|add|ping|find|look up|generate|show|tell|give|make|recommend|convert|calculate) (?:me|my|us|a|an|the|up|on|off|this|some)\b/iu;
const fourRareWords = 16;
const passagesRead = 3;
// Fitted by logistic regression on questions with and without an answer, over knowledge bases of 1 to 700 texts; rounded.
const weights: Evidence & { readonly bias: number } = {
  bias: -3.3,
  chunk: 2.2,
  window: 2.75,
  heading: 4.8,
  held: 4.5,
  together: 2.6,
  crowd: -3.2,
  errand: -6,
};

/** From which chance on an answer is given, as held on knowledge bases of many kinds. */
export const usualConfidenceMin = 0.4;

/** Chance, 0 to 1, that the passages answer the question at all. */
export const answerability = (question: Question, passages: readonly Passage[]): number =>
  passages
    .slice(0, passagesRead)
    .map((passage) => chanceOf(evidenceIn(question, passage)))
    .reduce((best, chance) => Math.max(best, chance), 0);

const evidenceIn = (question: Question, passage: Passage): Evidence => {
  const chunk = coverageOf(question, passage.stems);
  const windows = passage.sentences.map((_, at) => coverageOf(question, windowStems(passage, at)).certain);
  return {
    chunk: chunk.certain,
    window: windows.reduce((best, share) => Math.max(best, share), 0),
    heading: headingLikeness(question, passage),
    held: Math.min(1, chunk.held / fourRareWords),
    together: passage.sentences.reduce((best, sentence) => Math.max(best, sharedBigrams(question, sentence)), 0),
    crowd: Math.min(2, Math.log10(question.texts + 1) / 3),
    errand: errand.test(question.text) ? 1 - chunk.share : 0,
  };
};

const chanceOf = (evidence: Evidence): number => {
  const sum =
    weights.bias +
    weights.chunk * evidence.chunk +
    weights.window * evidence.window +
    weights.heading * evidence.heading +
    weights.held * evidence.held +
    weights.together * evidence.together +
    weights.crowd * evidence.crowd +
    weights.errand * evidence.errand;
  return 1 / (1 + Math.exp(-sum));
};

const windowStems = ({ sentences, titleStems }: Passage, at: number): ReadonlySet<string> => {
  const around: (Sentence | undefined)[] = [sentences[at - 1], sentences[at], sentences[at + 1]];
  return new Set([...titleStems, ...around.flatMap((sentence) => [...(sentence?.stems ?? [])])]);
};

const headingLikeness = (question: Question, { titleStems }: Passage): number => {
  if (titleStems.size === 0) return 0;
  const held = coverageOf(question, titleStems).share * question.terms.length;
  return Math.min(1, (2 * held) / (question.terms.length + titleStems.size));
};
