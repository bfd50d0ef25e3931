import { z } from 'zod';
import type { Transaction } from '../../../shared/db/client.ts';
import type { Subject } from './turns.ts';

const countRow = z.object({ count: z.number() });

/** Deletes what was said in one session until then, its facts with it, and tells how many turns there were. */
export const deleteSession = async (
  client: Transaction,
  { domainId, userId }: Subject,
  { sessionId, until }: { readonly sessionId: string; readonly until: Date },
): Promise<number> => {
  const rows = await client.$queryRaw<unknown[]>`
    with turn as (
      delete from memory_turns where domain_id = ${domainId}::uuid and user_id = ${userId}
        and session_id = ${sessionId}::uuid and said_at <= ${until.toISOString()}::timestamptz
      returning message_id
    ), delivery as (
      delete from memory_deliveries where message_id in (select message_id from turn) and state <> 'sent'
    )
    select count(*)::int as count from turn`;
  return countRow.parse(rows[0]).count;
};

/** Deletes one turn with the facts in it, or one fact that was put right by hand; tells how many there were. */
export const deleteMemory = async (
  client: Transaction,
  { domainId, userId }: Subject,
  memoryId: string,
): Promise<number> => {
  const facts = await client.$executeRaw`
    delete from memory_facts where domain_id = ${domainId}::uuid and user_id = ${userId} and id = ${memoryId}::uuid`;
  const rows = await client.$queryRaw<unknown[]>`
    with turn as (
      delete from memory_turns where domain_id = ${domainId}::uuid and user_id = ${userId} and id = ${memoryId}::uuid
      returning message_id
    ), delivery as (
      delete from memory_deliveries where message_id in (select message_id from turn) and state <> 'sent'
    )
    select count(*)::int as count from turn`;
  return facts + countRow.parse(rows[0]).count;
};

/** Whether the visitor was forgotten then or later. */
export const isErasedSince = async (
  client: Transaction,
  { domainId, userHash }: Subject & { readonly userHash: string },
  at: Date,
): Promise<boolean> => {
  const rows = await client.$queryRaw<unknown[]>`
    select 1 from memory_erasures where domain_id = ${domainId}::uuid and user_hash = ${userHash}
      and erased_at >= ${at.toISOString()}::timestamptz`;
  return rows.length > 0;
};

/** From now on nothing of this visitor is remembered. */
export const optOut = async (
  client: Transaction,
  { domainId, userHash }: Subject & { readonly userHash: string },
): Promise<void> => {
  await client.$executeRaw`
    update memory_erasures set opted_out = true where domain_id = ${domainId}::uuid and user_hash = ${userHash}`;
};

/** Everything may be remembered again, unless they said otherwise later. */
export const optIn = async (
  client: Transaction,
  { domainId, userHash }: Subject & { readonly userHash: string },
  at: Date,
): Promise<void> => {
  await client.$executeRaw`
    update memory_erasures set opted_out = false where domain_id = ${domainId}::uuid and user_hash = ${userHash}
      and erased_at < ${at.toISOString()}::timestamptz`;
};

/** Says that a fact is otherwise from now on; what the visitor said stays in the history. False without such a fact. */
export const insertCorrection = async (
  client: Transaction,
  { domainId, userId }: Subject,
  correction: {
    readonly id: string;
    readonly endId: string;
    readonly factId: string;
    readonly value: string;
    readonly at: Date;
  },
): Promise<boolean> => {
  const { id, endId, factId, value, at } = correction;
  const stored = await client.$executeRaw`
    insert into memory_facts (id, domain_id, user_id, turn_id, kind, key, value, is_single, retracts, start_at, end_at,
      said_at, expire_at)
    select side.id, domain_id, user_id, null, kind, key, side.value, is_single, side.retracts, side.place, 0,
      ${at.toISOString()}::timestamptz, ${at.toISOString()}::timestamptz + (expire_at - said_at)
    from memory_facts fact, lateral (values
      (${endId}::uuid, fact.value::text, true, 0), (${id}::uuid, ${value}::text, false, 1)
    ) as side (id, value, retracts, place)
    where domain_id = ${domainId}::uuid and user_id = ${userId} and fact.id = ${factId}::uuid
      and not (side.retracts and is_single)`;
  return stored > 0;
};
