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

export interface Start {
  readonly consumer: string;
  readonly messageId: string;
  /** Of the process that begins. */
  readonly processId: string;
}

/**
 * Records that a message is about to be handled, and tells how many processes began it and were not seen to end it, this
 * one included; undefined when it is done already.
 */
export const recordStart = async (client: Transaction, start: Start): Promise<number | undefined> => {
  const { consumer, messageId, processId } = start;
  const rows = await client.$queryRaw<{ starts: number }[]>`
    insert into inbox (consumer, msg_id, done, starts, started_by)
    values (${consumer}, ${messageId}::uuid, false, 1, ${processId}::uuid)
    on conflict (consumer, msg_id) do update set
      starts = inbox.starts + (inbox.started_by is distinct from excluded.started_by)::int,
      started_by = excluded.started_by, updated_at = now()
    where not inbox.done
    returning starts`;
  return rows[0]?.starts;
};

/**
 * The process lived to end what it began. Nobody's start counts any more, unless another process has begun since: then only
 * its own does not.
 */
export const endStart = async (client: Transaction, { consumer, messageId, processId }: Start): Promise<void> => {
  await client.$executeRaw`
    update inbox set
      starts = case when started_by = ${processId}::uuid then 0 else starts - 1 end,
      started_by = nullif(started_by, ${processId}::uuid)
    where consumer = ${consumer} and msg_id = ${messageId}::uuid and starts > 0`;
};

/** What was begun is to be begun afresh. */
export const forgetStarts = async (client: Transaction, consumer: string, messageId: string): Promise<void> => {
  await client.$executeRaw`
    update inbox set starts = 0, started_by = null
    where consumer = ${consumer} and msg_id = ${messageId}::uuid and starts > 0`;
};
