import type { Transaction } from '../db/client.ts';

/**
 * Records inside the transaction of an effect that `consumer` has dealt with the message. False when it had before: the
 * caller then does nothing. A second delivery at the same moment waits for the first one's commit.
 */
export const recordOnce = async (tx: Transaction, consumer: string, messageId: string): Promise<boolean> => {
  const recorded = await tx.$executeRaw`
    insert into inbox (consumer, msg_id, done) values (${consumer}, ${messageId}::uuid, true)
    on conflict (consumer, msg_id) do update set done = true, updated_at = now() where not inbox.done`;
  return recorded > 0;
};

/** Counts a failed attempt outside of the transaction that failed, and tells the count: the bus forgets, Postgres does not. */
export const recordAttempt = async (client: Transaction, consumer: string, messageId: string): Promise<number> => {
  const rows = await client.$queryRaw<{ attempts: number }[]>`
    insert into inbox (consumer, msg_id, done, attempts) values (${consumer}, ${messageId}::uuid, false, 1)
    on conflict (consumer, msg_id) do update set attempts = inbox.attempts + 1, updated_at = now()
    returning attempts`;
  return rows[0]?.attempts ?? 1;
};
