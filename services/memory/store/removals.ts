import type { Transaction } from '../../../shared/db/client.ts';

/** Notes that all of a domain is to be deleted; from then on nothing of it is remembered. */
export const insertRemoval = async (tx: Transaction, domainId: string): Promise<void> => {
  await tx.$executeRaw`insert into memory_removals (domain_id) values (${domainId}::uuid) on conflict do nothing`;
  await tx.$executeRaw`delete from memory_accounts where domain_id = ${domainId}::uuid`;
};

/** Domains with something left to delete, for `leaseMs`; of several replicas, each domain goes to one. */
export const claimRemovals = async (
  client: Transaction,
  claim: { readonly leaseMs: number; readonly limit: number },
): Promise<readonly string[]> => {
  const rows = await client.$queryRaw<{ domain_id: string }[]>`
    update memory_removals set next_at = now() + ${claim.leaseMs}::float8 * interval '1 millisecond'
    where domain_id in (
      select domain_id from memory_removals where next_at <= now() limit ${claim.limit}::int for update skip locked)
    returning domain_id`;
  return rows.map((row) => row.domain_id);
};

/** Deletes at most `limit` rows of each table, and tells how many there were. */
export const deleteDomainRows = async (client: Transaction, domainId: string, limit: number): Promise<number> => {
  const turns = await client.$executeRaw`
    delete from memory_turns where id in (
      select id from memory_turns where domain_id = ${domainId}::uuid limit ${limit}::int)`;
  const facts = await client.$executeRaw`
    delete from memory_facts where id in (
      select id from memory_facts where domain_id = ${domainId}::uuid limit ${limit}::int)`;
  const deliveries = await client.$executeRaw`
    delete from memory_deliveries where id in (
      select id from memory_deliveries where domain_id = ${domainId}::uuid limit ${limit}::int)`;
  const erasures = await client.$executeRaw`
    delete from memory_erasures where domain_id = ${domainId}::uuid and user_hash in (
      select user_hash from memory_erasures where domain_id = ${domainId}::uuid limit ${limit}::int)`;
  return turns + facts + deliveries + erasures;
};

/**
 * Comes back in a minute for what a turn under way may still have written, and from ten minutes after the removal once a
 * day. The note stays for as long as a turn of the domain may be told again: see `isTellable`.
 */
export const restRemoval = async (client: Transaction, domainId: string): Promise<void> => {
  await client.$executeRaw`
    delete from memory_removals where domain_id = ${domainId}::uuid and removed_at < now() - interval '30 days'`;
  await client.$executeRaw`
    update memory_removals set next_at = now()
      + case when removed_at > now() - interval '10 minutes' then interval '1 minute' else interval '1 day' end
    where domain_id = ${domainId}::uuid`;
};
