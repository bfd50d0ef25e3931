import type { Index } from '../../shared/retrieval/index.ts';
import { answerFrom } from '../../shared/retrieval/answer.ts';
import { confidenceMinOf } from '../../shared/retrieval/calibration.ts';
import { mean, ndcg, percentile, recall, reciprocalRank, rounded } from './figures.ts';
import type { EvalDocument, EvalQuestion } from './read-data.ts';
import { teach } from './teach.ts';

/** What `eval:retrieval` prints. Answers are judged only by questions that tell theirs; null when none does. */
export interface RetrievalFigures {
  readonly docs: number;
  readonly queries: number;
  readonly ndcg10: number;
  readonly recall5: number;
  readonly recall10: number;
  readonly mrr10: number;
  readonly hit1: number;
  /** Share of questions with their answer's words in the best five chunks. */
  readonly answer_in_top5: number | null;
  /** The same in the at most three sentences that are chosen, be they said or, below the gate, offered as the closest. */
  readonly answer_in_3_sentences: number | null;
  readonly chunks: number;
  readonly index_ms_per_1k: number;
  readonly query_ms_p50: number;
  readonly query_ms_p95: number;
  readonly rss_mb: number;
}

const documentsMax = 10;
const chunksRead = 5;
const hitsMax = 100;

/** Indexes the documents, asks each question and measures what is found. */
export const measureRetrieval = (
  documents: readonly EvalDocument[],
  questions: readonly EvalQuestion[],
): RetrievalFigures => {
  const begunAt = performance.now();
  const index = teach(documents);
  const indexMs = performance.now() - begunAt;
  const outcomes = questions.map((question) => ask(index, question));
  const told = outcomes.flatMap(({ answer }) => answer ?? []);
  const meanOf = (figure: (outcome: Outcome) => number): number => rounded(mean(outcomes.map(figure)));
  const queryMs = outcomes.map(({ ms }) => ms);
  return {
    docs: documents.length,
    queries: questions.length,
    ndcg10: meanOf(({ ranked, relevant }) => ndcg(ranked, relevant, 10)),
    recall5: meanOf(({ ranked, relevant }) => recall(ranked, relevant, 5)),
    recall10: meanOf(({ ranked, relevant }) => recall(ranked, relevant, 10)),
    mrr10: meanOf(({ ranked, relevant }) => reciprocalRank(ranked, relevant, 10)),
    hit1: meanOf(({ ranked, relevant }) => reciprocalRank(ranked, relevant, 1)),
    answer_in_top5: told.length === 0 ? null : rounded(mean(told.map(({ isInChunks }) => Number(isInChunks)))),
    answer_in_3_sentences: told.length === 0 ? null : rounded(mean(told.map(({ isSaid }) => Number(isSaid)))),
    chunks: index.size(),
    index_ms_per_1k: rounded((indexMs / Math.max(1, index.size())) * 1000, 1),
    query_ms_p50: rounded(percentile(queryMs, 0.5), 2),
    query_ms_p95: rounded(percentile(queryMs, 0.95), 2),
    rss_mb: Math.round(process.memoryUsage.rss() / 1024 ** 2),
  };
};

interface Outcome {
  readonly ranked: readonly string[];
  readonly relevant: ReadonlySet<string>;
  readonly ms: number;
  readonly answer: { readonly isInChunks: boolean; readonly isSaid: boolean } | undefined;
}

const ask = (index: Index, { text, relevant, answers }: EvalQuestion): Outcome => {
  const begunAt = performance.now();
  const hits = index.search(text, hitsMax);
  const ms = performance.now() - begunAt;
  const ranked = [...new Set(hits.map(({ chunk }) => chunk.documentId))].slice(0, documentsMax);
  const found = { ranked, relevant: new Set(relevant), ms };
  const wanted = (answers ?? []).map(plain).filter((words) => words !== '');
  if (wanted.length === 0) return { ...found, answer: undefined };
  const answer = answerFrom(text, hits, index.vocabulary, confidenceMinOf([index]));
  const said = (answer.answerable ? answer.sentences : answer.closest).map((each) => plain(each.text)).join(' ');
  const chunks = hits.slice(0, chunksRead).map(({ chunk }) => plain(chunk.text));
  const isInChunks = wanted.some((words) => chunks.some((chunk) => chunk.includes(words)));
  return { ...found, answer: { isInChunks, isSaid: wanted.some((words) => said.includes(words)) } };
};

const plain = (text: string): string => text.toLowerCase().replace(/\s+/gu, ' ').trim();
