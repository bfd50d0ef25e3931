import { z } from 'zod';
import type { Transaction } from '../../../shared/db/client.ts';
import { olderThan, pageOf } from '../../../shared/db/cursor.ts';
import type { WantedVersion } from '../plan-rollback.ts';

export interface Snapshot {
  readonly id: string;
  readonly domainId: string;
  readonly name: string;
  readonly documents: number;
  readonly createdAt: Date;
}

/** How many a domain has, and whether one has this name. */
export const countSnapshots = async (
  tx: Transaction,
  domainId: string,
  name: string,
): Promise<{ readonly count: number; readonly isTaken: boolean }> => ({
  count: await tx.knowledgeSnapshot.count({ where: { domainId } }),
  isTaken: (await tx.knowledgeSnapshot.count({ where: { domainId, name } })) > 0,
});

/** Names the versions that answers rest on now, and tells how many. */
export const insertSnapshot = async (
  tx: Transaction,
  snapshot: Pick<Snapshot, 'id' | 'domainId' | 'name' | 'createdAt'>,
): Promise<Snapshot> => {
  await tx.knowledgeSnapshot.create({ data: { ...snapshot, documents: 0 } });
  const documents = await tx.$executeRaw`
    insert into snapshot_versions (snapshot_id, original_id, version_id)
    select distinct on (document.original_id) ${snapshot.id}::uuid, document.original_id, document.id
    from documents document join knowledge_bases base on base.id = document.base_id
    where document.domain_id = ${snapshot.domainId}::uuid and not document.is_profile
      and document.state = 'indexed' and base.attached_at is not null
    order by document.original_id, document.version desc, document.copy desc`;
  await tx.knowledgeSnapshot.update({ where: { id: snapshot.id }, data: { documents } });
  return { ...snapshot, documents };
};

/** Null also for another domain's. */
export const findSnapshot = (tx: Transaction, domainId: string, id: string): Promise<Snapshot | null> =>
  tx.knowledgeSnapshot.findFirst({ where: { id, domainId } });

/** Newest first. */
export const listSnapshots = async (
  tx: Transaction,
  page: { readonly domainId: string; readonly limit: number; readonly cursor: string | undefined },
) => {
  const where = { domainId: page.domainId };
  const [rows, total] = await Promise.all([
    tx.knowledgeSnapshot.findMany({
      where: { ...where, ...olderThan(page.cursor) },
      orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
      take: page.limit + 1,
    }),
    tx.knowledgeSnapshot.count({ where }),
  ]);
  return { ...pageOf(rows, page.limit, (row) => row), total };
};

/** Names of the snapshots that hold a document, at most `limit`. */
export const snapshotsHolding = async (
  tx: Transaction,
  originalId: string,
  limit: number,
): Promise<readonly string[]> =>
  (
    await tx.knowledgeSnapshot.findMany({
      where: { versions: { some: { originalId } } },
      orderBy: { createdAt: 'desc' },
      select: { name: true },
      take: limit,
    })
  ).map(({ name }) => name);

/** Lets go of the snapshot and of the texts that nothing needs any more. */
export const deleteSnapshot = async (tx: Transaction, { id, domainId }: Snapshot): Promise<void> => {
  await tx.knowledgeSnapshot.delete({ where: { id } });
  await pruneKept(tx, domainId);
};

export const pruneKept = async (tx: Transaction, domainId: string): Promise<void> => {
  await tx.$executeRaw`
    delete from kept_versions kept where domain_id = ${domainId}::uuid
      and not exists (select from snapshot_versions named where named.version_id = kept.id)`;
};

const wantedRow = z.object({
  originalId: z.string(),
  versionId: z.string(),
  name: z.string(),
  bytes: z.number(),
  hash: z.string(),
  chunkSize: z.number(),
  useSemantic: z.boolean(),
});

/** The versions of a snapshot, wherever they are kept by now, in the order of their names. */
export const versionsOfSnapshot = async (tx: Transaction, snapshotId: string): Promise<readonly WantedVersion[]> => {
  const rows = await tx.$queryRaw<unknown[]>`
    select named.original_id::text as "originalId", named.version_id::text as "versionId", version.name, version.bytes,
      version.hash, version.chunk_size as "chunkSize", version.use_semantic as "useSemantic"
    from snapshot_versions named join (
      select id, name, bytes, hash, chunk_size, use_semantic from documents
      union all
      select id, name, bytes, hash, chunk_size, use_semantic from kept_versions
    ) version on version.id = named.version_id
    where named.snapshot_id = ${snapshotId}::uuid order by version.name, named.original_id`;
  return z.array(wantedRow).parse(rows);
};

/**
 * A version is about to go: when a snapshot needs it, another row with the same content stands in for it, or its text is kept
 * where no answer and no upload looks.
 */
export const keepForSnapshots = async (tx: Transaction, documentId: string): Promise<void> => {
  await tx.$executeRaw`
    update snapshot_versions named set version_id = same.id
    from documents gone join documents same on same.original_id = gone.original_id and same.id <> gone.id
      and same.hash = gone.hash and same.chunk_size = gone.chunk_size and same.use_semantic = gone.use_semantic
      and same.state = 'indexed'
    where gone.id = ${documentId}::uuid and named.version_id = gone.id`;
  await tx.$executeRaw`
    insert into kept_versions (id, domain_id, original_id, name, filename, type, version, hash, bytes, pages, chunks,
      language, source_url, website_url, chunk_size, use_semantic, text, created_at)
    select id, domain_id, original_id, name, filename, type, version, hash, bytes, pages, chunks,
      language, source_url, website_url, chunk_size, use_semantic, text, created_at
    from documents
    where id = ${documentId}::uuid and exists (select from snapshot_versions where version_id = ${documentId}::uuid)
    on conflict do nothing`;
};
