import { z } from 'zod';
import type { Transaction } from '../../../shared/db/client.ts';
import type { Fact } from '../facts/fact.ts';
import type { Saying } from '../facts/current-facts.ts';
import type { Subject } from './turns.ts';

/** A fact on its way into the database, with the turn that says it. */
export interface NewFact extends Fact {
  readonly id: string;
  readonly turnId: string;
}

/** As `jsonb_to_recordset` reads it back: see `insertTurn`. */
export const factsJson = (facts: readonly NewFact[]): string =>
  JSON.stringify(
    facts.map(({ turnId, isSingle, start, end, ...fact }) => ({
      ...fact,
      turn_id: turnId,
      is_single: isSingle,
      start_at: start,
      end_at: end,
    })),
  );

const sayingsMax = 2_000;

const sayingRow = z
  .object({
    id: z.string(),
    turn_id: z.string().nullable(),
    kind: z.enum(['identifier', 'contact', 'profile', 'environment', 'preference', 'issue', 'outcome']),
    key: z.string(),
    value: z.string(),
    is_single: z.boolean(),
    retracts: z.boolean(),
    start_at: z.number(),
    end_at: z.number(),
    said_at: z.date(),
  })
  .transform(({ turn_id, is_single, start_at, end_at, said_at, ...row }): Saying => ({
    ...row,
    turnId: turn_id,
    isSingle: is_single,
    startAt: start_at,
    endAt: end_at,
    saidAt: said_at,
  }));

/** All that was said of a visitor and has not expired, the latest 2,000 sayings. */
export const findSayings = async (
  client: Transaction,
  { domainId, userId }: Subject,
  now: number,
): Promise<readonly Saying[]> => {
  const rows = await client.$queryRaw<unknown[]>`
    select id, turn_id, kind, key, value, is_single, retracts, start_at, end_at, said_at from memory_facts
    where domain_id = ${domainId}::uuid and user_id = ${userId}::text
      and expire_at > ${new Date(now).toISOString()}::timestamptz
    order by said_at desc, start_at desc limit ${sayingsMax}::int`;
  return rows.map((row) => sayingRow.parse(row));
};
