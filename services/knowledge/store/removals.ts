import type { Transaction } from '../../../shared/db/client.ts';
import { Failure } from '../../../shared/errors/failure.ts';

/**
 * Holds the domain until the transaction ends: who stores something for it and who removes it take turns. Throws
 * `domain_unknown` once it is removed.
 */
export const holdDomain = async (tx: Transaction, domainId: string): Promise<void> => {
  if (!(await isHeld(tx, domainId))) throw new Failure('domain_unknown');
};

/** As `holdDomain`; false once the domain is removed. */
export const isHeld = async (tx: Transaction, domainId: string): Promise<boolean> => {
  await lockDomain(tx, domainId);
  return (await tx.knowledgeRemoval.findUnique({ where: { domainId } })) === null;
};

/** One lock a domain, because a crawl stores many names at once. */
const lockDomain = async (tx: Transaction, domainId: string): Promise<void> => {
  await tx.$executeRaw`select pg_advisory_xact_lock(hashtextextended(${domainId}, 0))`;
};

/** Notes that all of a domain is to be deleted; from then on nothing is stored for it, also when it is told of only later. */
export const insertRemoval = async (tx: Transaction, domainId: string): Promise<void> => {
  await lockDomain(tx, domainId);
  await tx.$executeRaw`insert into knowledge_removals (domain_id) values (${domainId}::uuid) on conflict do nothing`;
};

/** Domains with something left to delete, for `leaseMs`; of several replicas, each domain goes to one. */
export const claimRemovals = async (
  client: Transaction,
  claim: { readonly leaseMs: number; readonly limit: number },
): Promise<readonly string[]> => {
  const rows = await client.$queryRaw<{ domain_id: string }[]>`
    update knowledge_removals set next_at = now() + ${claim.leaseMs}::float8 * interval '1 millisecond'
    where domain_id in (
      select domain_id from knowledge_removals where next_at <= now() limit ${claim.limit}::int for update skip locked)
    returning domain_id::text`;
  return rows.map((row) => row.domain_id);
};

/**
 * Deletes at most `limit` jobs, documents, snapshots and what crawls remember, and tells how many there were. Jobs go first:
 * a crawl that ends meanwhile stores its pages only while its job is there.
 */
export const deleteDomainRows = async (client: Transaction, domainId: string, limit: number): Promise<number> => {
  const jobs = await client.$executeRaw`
    delete from jobs where id in (select id from jobs where domain_id = ${domainId}::uuid limit ${limit}::int)`;
  if (jobs > 0) return jobs;
  const sources = await client.$executeRaw`delete from sources where domain_id = ${domainId}::uuid`;
  if (sources > 0) return sources;
  const pages = await client.$executeRaw`
    delete from web_pages where domain_id = ${domainId}::uuid and key in (
      select key from web_pages where domain_id = ${domainId}::uuid limit ${limit}::int)`;
  if (pages > 0) return pages;
  const snapshots = await client.$executeRaw`delete from knowledge_snapshots where domain_id = ${domainId}::uuid`;
  const kept = await client.$executeRaw`
    delete from kept_versions where id in (
      select id from kept_versions where domain_id = ${domainId}::uuid limit ${limit}::int)`;
  if (snapshots + kept > 0) return snapshots + kept;
  return client.$executeRaw`
    delete from documents where id in (select id from documents where domain_id = ${domainId}::uuid limit ${limit}::int)`;
};

/**
 * Keeps the note as long as the inbox remembers messages: a `DomainRegistered` that was overtaken by its `DomainRemoved`
 * may come that late. It is looked after once a day.
 */
export const restRemoval = async (client: Transaction, domainId: string): Promise<void> => {
  await client.$executeRaw`
    delete from knowledge_removals where domain_id = ${domainId}::uuid and removed_at < now() - interval '30 days'`;
  await client.$executeRaw`
    update knowledge_removals set next_at = now() + interval '1 day' where domain_id = ${domainId}::uuid`;
};
