import { z } from 'zod';
import type { Transaction } from '../../../shared/db/client.ts';
import type { Owe } from '../../../shared/outbox/outbox.ts';
import type { IndexText } from '../index-text.ts';
import { factsJson, type NewFact } from './facts.ts';

export interface Said {
  readonly id: string;
  readonly text: string;
  readonly index: IndexText;
}

export interface NewTurn {
  readonly domainId: string;
  readonly userId: string;
  readonly userHash: string;
  readonly sessionId: string;
  readonly messageId: string;
  /** RFC 3339. */
  readonly answeredAt: string;
  readonly question: Said;
  readonly answer: Said;
  /** What both sides say of the visitor. */
  readonly facts: readonly NewFact[];
  readonly deliveryId: string;
}

/**
 * Stores both sides of a turn, the facts in them, what is owed for them, and, for a domain with a Memori account, what Memori is still to be
 * told. Nothing for a visitor who was forgotten since, nor for a domain that is gone.
 */
export const insertTurn = async (tx: Transaction, turn: NewTurn, owed: ReturnType<Owe>): Promise<void> => {
  const { question, answer } = turn;
  await holdSubject(tx, turn);
  await tx.$executeRaw`
    with turn as (
      insert into memory_turns (id, domain_id, user_id, session_id, message_id, role, pos, said_at, body, length, tsv)
      select id, ${turn.domainId}::uuid, ${turn.userId}::text, ${turn.sessionId}::uuid, ${turn.messageId}::uuid, role, pos,
        ${turn.answeredAt}::timestamptz, body, length,
        to_tsvector('english', words) || to_tsvector('simple', identifiers)
      from (values
        (${question.id}::uuid, 'user', 0, ${question.text}::text, ${question.index.length}::int,
          ${question.index.words}::text, ${question.index.identifiers}::text),
        (${answer.id}::uuid, 'assistant', 1, ${answer.text}::text, ${answer.index.length}::int,
          ${answer.index.words}::text, ${answer.index.identifiers}::text)
      ) as said (id, role, pos, body, length, words, identifiers)
      where not exists (
        select from memory_erasures where domain_id = ${turn.domainId}::uuid and user_hash = ${turn.userHash}
          and (opted_out or erased_at >= ${turn.answeredAt}::timestamptz))
        and not exists (select from memory_removals where domain_id = ${turn.domainId}::uuid)
      on conflict (domain_id, message_id, role) do nothing
      returning id, pos, said_at
    ), fact as (
      insert into memory_facts (id, domain_id, user_id, turn_id, kind, key, value, is_single, retracts, start_at, end_at,
        said_at, expire_at)
      select said.id, ${turn.domainId}::uuid, ${turn.userId}::text, turn_id, kind, key, value, is_single, retracts, start_at,
        end_at, said_at, said_at + days * interval '1 day'
      from jsonb_to_recordset(${factsJson(turn.facts)}::jsonb) as said (id uuid, turn_id uuid, kind text, key text,
        value text, is_single boolean, retracts boolean, start_at int, end_at int, days int)
      join turn on turn.id = said.turn_id
    ), delivery as (
      insert into memory_deliveries (id, domain_id, user_id, session_id, message_id, question, answer, state)
      select ${turn.deliveryId}::uuid, domain_id, ${turn.userId}::text, ${turn.sessionId}::uuid, ${turn.messageId}::uuid,
        ${question.text}::text, ${answer.text}::text, 'pending'
      from memory_accounts where domain_id = ${turn.domainId}::uuid and exists (select from turn)
      on conflict (message_id) do nothing
    )
    ${owed} from turn where pos = 0`;
};

/** Until the transaction ends, who stores something of a visitor and who forgets them take turns, each seeing all of the other. */
const holdSubject = async (
  tx: Transaction,
  { domainId, userHash }: Pick<NewTurn, 'domainId' | 'userHash'>,
): Promise<void> => {
  await tx.$executeRaw`select pg_advisory_xact_lock(hashtextextended(${`memory ${domainId} ${userHash}`}::text, 0))`;
};

export interface Subject {
  readonly domainId: string;
  readonly userId: string;
}

export const turnRow = z
  .object({
    id: z.string(),
    role: z.enum(['user', 'assistant']),
    body: z.string(),
    said_at: z.date(),
    session_id: z.string(),
  })
  .transform(({ id, role, body, said_at, session_id }) => ({
    id,
    role,
    text: body,
    saidAt: said_at,
    sessionId: session_id,
  }));

/** The newest turns first, and how many there are. */
export const listTurns = async (client: Transaction, { domainId, userId }: Subject, limit: number) => {
  const [rows, total] = await Promise.all([
    client.$queryRaw<unknown[]>`
      select id, role, body, said_at, session_id from memory_turns
      where domain_id = ${domainId}::uuid and user_id = ${userId}
      order by said_at desc, pos desc limit ${limit}::int`,
    client.memoryTurn.count({ where: { domainId, userId } }),
  ]);
  return { turns: rows.map((row) => turnRow.parse(row)), total };
};

const forgottenRow = z.object({ turns: z.number(), had_copy: z.boolean() });

export interface Forgotten {
  readonly turns: number;
  /** Whether Memori holds, or may hold, a copy. */
  readonly hadRemoteCopy: boolean;
}

/** Deletes all that is known of a visitor; a turn answered before `at` that still comes will not be stored. */
export const deleteSubject = async (
  tx: Transaction,
  subject: Subject & { readonly userHash: string },
  at: Date,
): Promise<Forgotten> => {
  const { domainId, userId, userHash } = subject;
  await holdSubject(tx, subject);
  await tx.$executeRaw`
    insert into memory_erasures (domain_id, user_hash, erased_at)
    values (${domainId}::uuid, ${userHash}, ${at.toISOString()}::timestamptz)
    on conflict (domain_id, user_hash) do update set erased_at = excluded.erased_at`;
  await tx.$executeRaw`delete from memory_facts where domain_id = ${domainId}::uuid and user_id = ${userId}`;
  const rows = await tx.$queryRaw<unknown[]>`
    with turn as (
      delete from memory_turns where domain_id = ${domainId}::uuid and user_id = ${userId} returning 1
    ), delivery as (
      delete from memory_deliveries where domain_id = ${domainId}::uuid and user_id = ${userId}
      returning state = 'sent' or attempt > 0 as had_copy
    )
    select (select count(*)::int from turn) as turns, coalesce((select bool_or(had_copy) from delivery), false) as had_copy`;
  const { turns, had_copy } = forgottenRow.parse(rows[0]);
  return { turns, hadRemoteCopy: had_copy };
};
