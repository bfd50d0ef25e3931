import { z } from 'zod';
import type { Transaction } from '../../../shared/db/client.ts';
import type { IndexText } from '../index-text.ts';
import type { Posting, Talk } from '../rank-turns.ts';
import { turnRow, type Subject } from './turns.ts';

interface Search extends Subject {
  /** Left out: its turns are in the conversation already. */
  readonly sessionId: string;
  readonly question: IndexText;
}

const turnsMax = 10_000;
const lexemesMax = 32;

// Lists in one text each: ten thousand rows would cost the driver more than the search.
const numbers = z
  .string()
  .nullable()
  .transform((list) => (list === null ? [] : list.split(',').map(Number)));
const sessionRow = z.object({ seqs: numbers, lengths: numbers, roles: numbers, moments: numbers });
const postingRow = z.object({ seqs: numbers, counts: numbers, identifies: z.boolean() });

/** The shape of what a visitor and we said in earlier sessions, in order; no words. */
export const findTalk = async (client: Transaction, search: Search): Promise<Talk> => {
  const { domainId, userId, sessionId } = search;
  const rows = await client.$queryRaw<unknown[]>`
    select string_agg(seq::text, ',' order by said_at, pos) as seqs,
      string_agg(length::text, ',' order by said_at, pos) as lengths,
      string_agg(case role when 'user' then '1' else '0' end, ',' order by said_at, pos) as roles,
      string_agg(floor(extract(epoch from said_at))::bigint::text, ',' order by said_at, pos) as moments
    from (
      select seq, length, role, session_id, said_at, pos from memory_turns
      where domain_id = ${domainId}::uuid and user_id = ${userId}::text and session_id <> ${sessionId}::uuid
      order by said_at desc limit ${turnsMax}::int
    ) newest group by session_id`;
  const sessions = rows.map((row) => sessionRow.parse(row));
  return {
    seqs: sessions.flatMap(({ seqs }) => seqs),
    lengths: sessions.flatMap(({ lengths }) => lengths),
    sessions: sessions.flatMap(({ seqs }, session) => seqs.map(() => session)),
    moments: sessions.flatMap(({ moments }) => moments),
    isUser: sessions.flatMap(({ roles }) => roles.map((role) => role === 1)),
  };
};

/** For each word of the question the turns that hold it. Only rows of this domain and user are ever looked at. */
export const findPostings = async (client: Transaction, search: Search): Promise<readonly Posting[]> => {
  const { domainId, userId, sessionId, question } = search;
  const rows = await client.$queryRaw<unknown[]>`
    with wanted as materialized (
      select lexeme, bool_or(identifies) as identifies from (
        select lexeme, false as identifies from unnest(to_tsvector('english', ${question.words}::text))
        union all
        select lexeme, true from unnest(to_tsvector('simple', ${question.identifiers}::text))
      ) either group by lexeme limit ${lexemesMax}::int
    ), needle as materialized (
      select string_agg(quote_literal(lexeme), ' | ')::tsquery as query, array_agg(lexeme) as lexemes from wanted
    ), hit as (
      select seq, word.lexeme, word.tf from memory_turns turn cross join needle cross join lateral (
        select lexeme, cardinality(positions) as tf from unnest(turn.tsv) where lexeme = any(lexemes)
      ) word
      where domain_id = ${domainId}::uuid and user_id = ${userId}::text and session_id <> ${sessionId}::uuid
        and tsv @@ query
    )
    select string_agg(hit.seq::text, ',') as seqs, string_agg(hit.tf::text, ',') as counts, wanted.identifies
    from hit join wanted using (lexeme) group by lexeme, wanted.identifies`;
  return rows.map((row) => postingRow.parse(row));
};

const seqRow = z.object({ seq: z.coerce.string() });

/** The words of some turns, by their short names. */
export const findTurns = async (client: Transaction, { domainId, userId }: Subject, seqs: readonly number[]) => {
  const rows = await client.$queryRaw<unknown[]>`
    select seq, id, role, body, said_at, session_id from memory_turns
    where domain_id = ${domainId}::uuid and user_id = ${userId}::text and seq = any(${[...seqs]}::bigint[])`;
  return new Map(rows.map((row) => [Number(seqRow.parse(row).seq), turnRow.parse(row)]));
};
