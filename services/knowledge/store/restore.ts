import type { Transaction } from '../../../shared/db/client.ts';
import { storedNameOf } from '../domain.ts';
import { asDocument, withoutText, type Document } from './documents.ts';
import { pruneKept } from './snapshots.ts';

/** Rows of a domain that are not on their way out, those of one document newest first. */
export const stayingOf = async (tx: Transaction, domainId: string): Promise<readonly Document[]> => {
  const rows = await tx.document.findMany({
    where: { domainId, isProfile: false, state: { not: 'removing' } },
    orderBy: [{ version: 'desc' }, { copy: 'desc' }],
    ...withoutText,
  });
  return rows.map(asDocument);
};

/** As `stayingOf`; nobody else moves them until the transaction ends. */
export const lockStaying = async (tx: Transaction, domainId: string): Promise<readonly Document[]> => {
  await tx.$executeRaw`
    select 1 from documents where domain_id = ${domainId}::uuid and not is_profile and state <> 'removing' order by id
    for update`;
  return stayingOf(tx, domainId);
};

/**
 * Puts versions that are kept among the documents again, each as the newest one of its document and under a new id, in one
 * statement because they may be thousands. Snapshots name the new rows from then on.
 */
export const restoreVersions = async (
  tx: Transaction,
  domainId: string,
  restored: readonly { readonly id: string; readonly versionId: string }[],
  jobId: string,
): Promise<void> => {
  const ids = restored.map(({ id }) => id);
  const versionIds = restored.map(({ versionId }) => versionId);
  const storedNames = ids.map(storedNameOf);
  await tx.$executeRaw`
    with version as (
      select id, domain_id, original_id, name, filename, type, version, hash, bytes, pages, chunks, language, source_url,
        website_url, chunk_size, use_semantic, text
      from documents where id = any(${versionIds}::uuid[])
      union all
      select id, domain_id, original_id, name, filename, type, version, hash, bytes, pages, chunks, language, source_url,
        website_url, chunk_size, use_semantic, text
      from kept_versions where id = any(${versionIds}::uuid[])
    ), known as (
      select original_id, max(version) as version from (
        select original_id, version from documents where domain_id = ${domainId}::uuid
        union all
        select original_id, version from kept_versions where domain_id = ${domainId}::uuid) each
      group by original_id)
    insert into documents (id, original_id, domain_id, job_id, name, filename, stored_name, type, state, version, hash,
      bytes, pages, chunks, language, source_url, website_url, chunk_size, use_semantic, text)
    select fresh.id, version.original_id, version.domain_id, ${jobId}::uuid, version.name, version.filename,
      fresh.stored_name, version.type, 'accepted', known.version + 1, version.hash, version.bytes, version.pages,
      version.chunks, version.language, version.source_url, version.website_url, version.chunk_size, version.use_semantic,
      version.text
    from unnest(${ids}::uuid[], ${versionIds}::uuid[], ${storedNames}::text[]) as fresh (id, version_id, stored_name)
      join version on version.id = fresh.version_id join known on known.original_id = version.original_id`;
  await tx.$executeRaw`
    update snapshot_versions named set version_id = fresh.id
    from unnest(${ids}::uuid[], ${versionIds}::uuid[]) as fresh (id, version_id)
    where named.version_id = fresh.version_id`;
  await pruneKept(tx, domainId);
};
