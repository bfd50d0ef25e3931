import { z } from 'zod';
import type { Transaction } from '../../../shared/db/client.ts';
import { factsJson, type NewFact } from './facts.ts';
import type { Said, Subject } from './turns.ts';

/** One side of a turn as it was said elsewhere or earlier. */
export interface ImportedTurn extends Said {
  readonly sessionId: string;
  readonly messageId: string;
  readonly role: 'user' | 'assistant';
  /** Order among turns said at the same moment. */
  readonly pos: number;
  readonly saidAt: Date;
}

const storedRow = z.object({ id: z.string() });

/** Stores many turns of one visitor with their facts at once and tells which were new; those that are there already stay as they are. */
export const insertTurns = async (
  client: Transaction,
  { domainId, userId }: Subject,
  turns: readonly ImportedTurn[],
  facts: readonly NewFact[] = [],
): Promise<readonly string[]> => {
  const rows = turns.map(({ index, saidAt, sessionId, messageId, text, ...turn }) => ({
    ...turn,
    ...index,
    body: text,
    session_id: sessionId,
    message_id: messageId,
    said_at: saidAt.toISOString(),
  }));
  const stored = await client.$queryRaw<unknown[]>`
    with turn as (
    insert into memory_turns (id, domain_id, user_id, session_id, message_id, role, pos, said_at, body, length, tsv)
    select id, ${domainId}::uuid, ${userId}::text, session_id, message_id, role, pos, said_at, body, length,
      to_tsvector('english', words) || to_tsvector('simple', identifiers)
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as said (id uuid, session_id uuid, message_id uuid, role text,
      pos int, said_at timestamptz, body text, length int, words text, identifiers text)
    on conflict (domain_id, message_id, role) do nothing
    returning id, said_at
    ), fact as (
      insert into memory_facts (id, domain_id, user_id, turn_id, kind, key, value, is_single, retracts, start_at, end_at,
        said_at, expire_at)
      select said.id, ${domainId}::uuid, ${userId}::text, turn_id, kind, key, value, is_single, retracts, start_at, end_at,
        said_at, said_at + days * interval '1 day'
      from jsonb_to_recordset(${factsJson(facts)}::jsonb) as said (id uuid, turn_id uuid, kind text, key text, value text,
        is_single boolean, retracts boolean, start_at int, end_at int, days int)
      join turn on turn.id = said.turn_id
    )
    select id from turn`;
  return stored.map((row) => storedRow.parse(row).id);
};
