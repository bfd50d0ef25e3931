import type { Transaction } from '../../shared/db/client.ts';
import type { Candidate, Ranking } from './domain.ts';
import { indexTextOf } from './index-text.ts';
import { periodsIn } from './period.ts';
import { rankTurns, type Talk } from './rank-turns.ts';
import { findPostings, findTalk, findTurns } from './store/search.ts';

interface Wanted {
  readonly domainId: string;
  readonly userId: string;
  /** The present one: its turns are in the conversation already. */
  readonly sessionId: string;
  readonly question: string;
  /** Also what the visitor said last, whatever the words. */
  readonly wantsRecent: boolean;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

const recentMax = 30;

/** What a visitor and we said in earlier sessions that fits the question, best first. */
export const findMemories = async (client: Transaction, wanted: Wanted): Promise<Ranking> => {
  const { question, wantsRecent, now, ...subject } = wanted;
  const search = { ...subject, question: indexTextOf(question) };
  const [talk, postings] = await Promise.all([findTalk(client, search), findPostings(client, search)]);
  const { ranked, directHits } = rankTurns(talk, postings, periodsIn(question, now));
  const scores = new Map(ranked.map(({ seq, score }) => [seq, score]));
  if (wantsRecent) for (const seq of latestOf(talk)) if (!scores.has(seq)) scores.set(seq, 0);
  if (scores.size === 0) return { candidates: [], directHits: 0 };
  const turns = await findTurns(client, subject, [...scores.keys()]);
  const candidates = [...scores].flatMap(([seq, score]): readonly Candidate[] => {
    const turn = turns.get(seq);
    return turn === undefined ? [] : [{ ...turn, score }];
  });
  return { candidates, directHits };
};

const latestOf = ({ seqs, moments, isUser }: Talk): readonly number[] =>
  seqs
    .map((seq, at) => ({ seq, moment: moments[at] ?? 0, isUser: isUser[at] === true }))
    .filter((turn) => turn.isUser)
    .sort((left, right) => right.moment - left.moment)
    .slice(0, recentMax)
    .map(({ seq }) => seq);
