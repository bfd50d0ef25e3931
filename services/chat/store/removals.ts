import type { Transaction } from '../../../shared/db/client.ts';

/** Notes that all of a domain is to be deleted. */
export const insertRemoval = async (tx: Transaction, domainId: string): Promise<void> => {
  await tx.$executeRaw`insert into chat_removals (domain_id) values (${domainId}::uuid) on conflict do nothing`;
};

/** Domains with something left to delete, for `leaseMs`; of several replicas, each domain goes to one. */
export const claimRemovals = async (
  client: Transaction,
  claim: { readonly leaseMs: number; readonly limit: number },
): Promise<readonly string[]> => {
  const rows = await client.$queryRaw<{ domain_id: string }[]>`
    update chat_removals set next_at = now() + ${claim.leaseMs}::float8 * interval '1 millisecond'
    where domain_id in (
      select domain_id from chat_removals where next_at <= now() limit ${claim.limit}::int for update skip locked)
    returning domain_id`;
  return rows.map((row) => row.domain_id);
};

/** Deletes at most `limit` sessions with their messages, and tells how many there were. */
export const deleteSessions = async (client: Transaction, domainId: string, limit: number): Promise<number> => {
  await client.$executeRaw`
    delete from feedback where message_id in (
      select message_id from feedback where domain_id = ${domainId}::uuid limit ${limit}::int)`;
  return client.$executeRaw`
    delete from user_sessions where session_id in (
      select session_id from user_sessions where domain_id = ${domainId}::uuid limit ${limit}::int)`;
};

/**
 * Comes back in a minute for what a turn under way may still write, until ten minutes after the removal. No message that
 * comes again brings a session back, so the note need not stay longer.
 */
export const restRemoval = async (client: Transaction, domainId: string): Promise<void> => {
  await client.$executeRaw`
    delete from chat_removals where domain_id = ${domainId}::uuid and removed_at < now() - interval '10 minutes'`;
  await client.$executeRaw`
    update chat_removals set next_at = now() + interval '1 minute' where domain_id = ${domainId}::uuid`;
};
