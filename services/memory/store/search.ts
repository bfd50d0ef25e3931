import { z } from 'zod';
import type { Transaction } from '../../../shared/db/client.ts';
import type { Ranking } from '../domain.ts';
import type { IndexText } from '../index-text.ts';
import { turnRow, type Subject } from './turns.ts';

interface Search extends Subject {
  /** Left out: its turns are in the conversation already. */
  readonly sessionId: string;
  readonly question: IndexText;
  /** Also what the visitor said last, whatever the words. */
  readonly wantsRecent: boolean;
}

const rankedRow = z.object({ score: z.number(), direct_hits: z.number() });

const turnsMax = 10_000;
const lexemesMax = 32;
const rankedMax = 60;
const recentMax = 30;

/**
 * Ranks what a visitor and we said in earlier sessions. BM25 (k1 1.0, b 0.4: turns are short) with rarities of this visitor's
 * own turns; then a turn gets a share of its neighbours' scores, because a question stands one turn before its answer; then
 * a little of how well its session fits. Only rows of this domain and user are ever looked at.
 *
 * Windows instead of joins on purpose: the planner cannot know how many turns somebody has, takes them for one, and then
 * joins row by row (measured: a minute for 10,000 turns).
 */
export const searchTurns = async (client: Transaction, search: Search): Promise<Ranking> => {
  const { domainId, userId, sessionId, question, wantsRecent } = search;
  const rows = await client.$queryRaw<unknown[]>`
    with wanted as materialized (
      select lexeme from unnest(to_tsvector('english', ${question.words}::text)
        || to_tsvector('simple', ${question.identifiers}::text)) limit ${lexemesMax}::int
    ), needle as materialized (
      select string_agg(quote_literal(lexeme), ' | ')::tsquery as query, array_agg(lexeme) as lexemes from wanted
    ), said as (
      select id, session_id, role, pos, said_at, length, tsv,
        count(*) over () as turns, greatest(avg(length) over (), 1)::float8 as mean_length
      from (
        select * from memory_turns
        where domain_id = ${domainId}::uuid and user_id = ${userId}::text and session_id <> ${sessionId}::uuid
        order by said_at desc limit ${turnsMax}::int
      ) newest
    ), match as (
      select id, session_id, role, pos, said_at, length, turns, mean_length, word.tf,
        count(*) over (partition by word.lexeme)::float8 as df
      from said cross join needle left join lateral (
        select lexeme, cardinality(positions)::float8 as tf from unnest(case when tsv @@ query then tsv end)
        where lexeme = any(lexemes)
      ) word on true
    ), bm25 as (
      select id, session_id, role, pos, said_at, coalesce(
        sum(ln(1 + (turns - df + 0.5) / (df + 0.5)) * tf * 2 / (tf + 0.6 + 0.4 * length / mean_length)), 0) as score
      from match group by id, session_id, role, pos, said_at
    ), near as materialized (
      select id, session_id, role, said_at, score as direct,
        score + 0.6 * coalesce(lag(score) over talk, 0) + 0.3 * coalesce(lag(score, 2) over talk, 0)
          + 0.1 * coalesce(lead(score) over talk, 0) as score
      from bm25 window talk as (partition by session_id order by said_at, pos)
    ), found as (
      select id, session_id, direct, score, row_number() over (partition by session_id order by score desc) as rank
      from near where score > 0
    ), fitting as (
      select id, direct, score, sum(score * score) filter (where rank <= 5) over (partition by session_id) as weight
      from found
    ), ranked as (
      select id, score / max(score) over () + 0.3 * weight / max(weight) over () as score,
        count(*) filter (where direct > 0) over () as direct_hits
      from fitting order by 2 desc limit ${rankedMax}::int
    ), recent as (
      select id from near where ${wantsRecent}::boolean and role = 'user' order by said_at desc limit ${recentMax}::int
    ), chosen as materialized (
      select id, max(score)::float8 as score, max(direct_hits)::int as direct_hits
      from (select * from ranked union all select id, 0, 0 from recent) either group by id
    )
    select turn.id, turn.role, turn.body, turn.said_at, turn.session_id, chosen.score, chosen.direct_hits
    from chosen join memory_turns turn using (id)`;
  const candidates = rows.map((row) => ({ ...turnRow.parse(row), score: rankedRow.parse(row).score }));
  return { candidates, directHits: Math.max(0, ...rows.map((row) => rankedRow.parse(row).direct_hits)) };
};
