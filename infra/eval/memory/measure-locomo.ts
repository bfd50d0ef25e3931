import { randomUUID } from 'node:crypto';
import type { Database } from '../../../shared/db/client.ts';
import { packMemories, type Candidate } from '../../../services/memory/domain.ts';
import { findMemories } from '../../../services/memory/find-memories.ts';
import { indexTextOf } from '../../../services/memory/index-text.ts';
import { asVisitor } from '../../../services/memory/store/as-visitor.ts';
import { insertTurns } from '../../../services/memory/store/imports.ts';
import { mean, ndcg, percentile, recall, rounded } from '../figures.ts';
import type { Conversation, SpokenQuestion } from './read-locomo.ts';

/** What `eval:memory -- --locomo` prints. */
export interface LocomoFigures {
  readonly questions: number;
  readonly recall5: number;
  readonly recall10: number;
  readonly ndcg10: number;
  /** Share of the sessions with evidence among the first ten that turns are found of. */
  readonly session_recall10: number;
  /** Share of questions, without the adversarial ones, with some evidence in what a prompt of that size is given. */
  readonly evidence_any_at_721_tokens: number;
  readonly by_category: Readonly<Record<string, { questions: number; recall5: number; recall10: number }>>;
  readonly recall_ms_p50: number;
  readonly recall_ms_p95: number;
}

const tokensMax = 721;
const adversarial = '5';

/** Teaches the product's memory each conversation as one visitor's, asks its questions and measures what is recalled. */
export const measureLocomo = async (
  database: Database,
  conversations: readonly Conversation[],
): Promise<LocomoFigures> => {
  const outcomes: Outcome[] = [];
  for (const conversation of conversations) outcomes.push(...(await askAll(database, conversation)));
  const meanOf = (figure: (outcome: Outcome) => number, of: readonly Outcome[] = outcomes): number =>
    rounded(mean(of.map(figure)));
  const recallAt = (limit: number) => (outcome: Outcome) => recall(outcome.ranked, outcome.question.evidence, limit);
  const categories = [...new Set(outcomes.map(({ question }) => question.category))].sort();
  const times = outcomes.map(({ ms }) => ms);
  return {
    questions: outcomes.length,
    recall5: meanOf(recallAt(5)),
    recall10: meanOf(recallAt(10)),
    ndcg10: meanOf(({ ranked, question }) => ndcg(ranked, question.evidence, 10)),
    session_recall10: meanOf(({ sessions, wantedSessions }) => recall(sessions, wantedSessions, 10)),
    evidence_any_at_721_tokens: meanOf(
      ({ packed, question }) => Number(packed.some((name) => question.evidence.has(name))),
      outcomes.filter(({ question }) => question.category !== adversarial),
    ),
    by_category: Object.fromEntries(
      categories.map((category) => {
        const of = outcomes.filter(({ question }) => question.category === category);
        const figures = { questions: of.length, recall5: meanOf(recallAt(5), of), recall10: meanOf(recallAt(10), of) };
        return [category, figures];
      }),
    ),
    recall_ms_p50: rounded(percentile(times, 0.5), 1),
    recall_ms_p95: rounded(percentile(times, 0.95), 1),
  };
};

interface Outcome {
  readonly question: SpokenQuestion;
  readonly ranked: readonly string[];
  readonly sessions: readonly string[];
  readonly wantedSessions: ReadonlySet<string>;
  readonly packed: readonly string[];
  readonly ms: number;
}

const askAll = async (database: Database, conversation: Conversation): Promise<readonly Outcome[]> => {
  const { subject, names, sessionOf, endedAt } = await teach(database, conversation);
  const outcomes: Outcome[] = [];
  for (const question of conversation.questions) {
    const begunAt = performance.now();
    const ranking = await asVisitor(database, subject, (client) =>
      findMemories(client, {
        ...subject,
        sessionId: randomUUID(),
        question: question.text,
        wantsRecent: false,
        now: endedAt,
      }),
    );
    const packed = packMemories(ranking, { tokensMax, now: endedAt, wantsRecent: false });
    const ms = performance.now() - begunAt;
    const namesOf = (found: readonly Candidate[]): string[] => found.map(({ id }) => names.get(id) ?? '');
    outcomes.push({
      question,
      ranked: namesOf(ranking.candidates),
      sessions: [...new Set(namesOf(ranking.candidates).map(sessionOf))],
      wantedSessions: new Set([...question.evidence].map(sessionOf)),
      packed: namesOf(packed),
      ms,
    });
  }
  return outcomes;
};

const teach = async (database: Database, { turns }: Conversation) => {
  const subject = { domainId: randomUUID(), userId: randomUUID() };
  const sessions = new Map<number, string>(turns.map(({ session }) => [session, randomUUID()]));
  const said = turns.map(({ session, isFirstSpeaker, text, saidAt }) => ({
    id: randomUUID(),
    messageId: randomUUID(),
    sessionId: sessions.get(session) ?? '',
    role: isFirstSpeaker ? ('user' as const) : ('assistant' as const),
    pos: 0,
    saidAt,
    text,
    index: indexTextOf(text),
  }));
  await database.run((client) => insertTurns(client, subject, said));
  return {
    subject,
    names: new Map<string, string>(said.map(({ id }, at) => [id, turns[at]?.name ?? ''])),
    sessionOf: (name: string): string => name.split(':')[0] ?? '',
    endedAt: Math.max(...turns.map(({ saidAt }) => saidAt.getTime())),
  };
};
