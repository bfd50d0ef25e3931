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
 */
export const searchTurns = async (client: Transaction, search: Search): Promise<Ranking> => {
  const { domainId, userId, sessionId, question, wantsRecent } = search;
  const rows = await client.$queryRaw<unknown[]>`
    with wanted as materialized (
      select lexeme from unnest(to_tsvector('english', ${question.words}::text)
        || to_tsvector('simple', ${question.identifiers}::text)) limit ${lexemesMax}::int
    ), needle as materialized (
      select string_agg(quote_literal(lexeme), ' | ')::tsquery as query from wanted
    ), said as materialized (
      select id, session_id, role, said_at, length, tsv,
        row_number() over (partition by session_id order by said_at, pos) as place
      from (
        select * from memory_turns
        where domain_id = ${domainId}::uuid and user_id = ${userId}::text and session_id <> ${sessionId}::uuid
        order by said_at desc limit ${turnsMax}::int
      ) newest
    ), scope as (
      select count(*)::float8 as turns, greatest(avg(length), 1)::float8 as mean_length from said
    ), match as materialized (
      select session_id, place, length, word.lexeme, cardinality(word.positions)::float8 as tf
      from said, needle, unnest(tsv) as word
      where tsv @@ query and word.lexeme in (select lexeme from wanted)
    ), frequency as (
      select lexeme, count(*)::float8 as df from match group by lexeme
    ), bm25 as materialized (
      select session_id, place,
        sum(ln(1 + (turns - df + 0.5) / (df + 0.5)) * tf * 2 / (tf + 0.6 + 0.4 * length / mean_length)) as score
      from match join frequency using (lexeme) cross join scope group by session_id, place
    ), spread as (
      select session_id, place + shift as place, sum(score * weight) as score
      from bm25 cross join (values (0, 1::float8), (1, 0.6), (2, 0.3), (-1, 0.1)) as neighbour (shift, weight)
      group by session_id, place + shift
    ), fitting as (
      select session_id, sum(score * score) as weight
      from (
        select session_id, score, row_number() over (partition by session_id order by score desc) as rank from spread
      ) best where rank <= 5 group by session_id
    ), ranked as (
      select id, spread.score / max(spread.score) over () + 0.3 * weight / max(weight) over () as score
      from spread join said using (session_id, place) join fitting using (session_id)
      order by score desc limit ${rankedMax}::int
    ), recent as (
      select id from said where ${wantsRecent}::boolean and role = 'user' order by said_at desc limit ${recentMax}::int
    )
    select turn.id, turn.role, turn.body, turn.said_at, turn.session_id, coalesce(ranked.score, 0)::float8 as score,
      (select count(*)::int from bm25) as direct_hits
    from memory_turns turn left join ranked using (id)
    where turn.id in (select id from ranked union select id from recent)`;
  const candidates = rows.map((row) => ({ ...turnRow.parse(row), score: rankedRow.parse(row).score }));
  return { candidates, directHits: rows.length === 0 ? 0 : rankedRow.parse(rows[0]).direct_hits };
};
