import type { Transaction } from '../../../shared/db/client.ts';
import type { Document } from './documents.ts';

/**
 * Names the set of documents that a domain's answers may rest on; undefined when there is none. A document's text never
 * changes (a new version is a new row), so the same documents are the same texts, and all replicas name them alike.
 */
export const indexedVersion = async (client: Transaction, domainId: string): Promise<string | undefined> => {
  const [row] = await client.$queryRaw<{ count: number; sum: string }[]>`
    select count(*)::int as count, coalesce(sum(hashtextextended(id::text, 0)), 0)::text as sum
    from documents where domain_id = ${domainId}::uuid and state = 'indexed' and not is_profile`;
  return row === undefined || row.count === 0 ? undefined : `${row.count}:${row.sum}`;
};

/** Texts of the newest of these documents, until they have `chunksMax` chunks; the last may have more. */
export const readIndexedTexts = (
  client: Transaction,
  domainId: string,
  chunksMax: number,
): Promise<readonly { readonly id: string; readonly text: string; readonly chunkSize: number }[]> =>
  client.$queryRaw<{ id: string; text: string; chunkSize: number }[]>`
    select id, text, chunk_size as "chunkSize" from documents join (
      select id, sum(coalesce(chunks, 1)) over (order by indexed_at desc nulls last, id) - coalesce(chunks, 1) as before
      from documents where domain_id = ${domainId}::uuid and state = 'indexed' and not is_profile
    ) newest using (id)
    where before < ${chunksMax}::int order by before`;

/** Names and addresses of those documents of a domain that are indexed at this moment. */
export const findIndexed = (
  client: Transaction,
  domainId: string,
  ids: readonly string[],
): Promise<readonly Pick<Document, 'id' | 'originalId' | 'name' | 'sourceUrl'>[]> =>
  client.document.findMany({
    where: { domainId, id: { in: [...ids] }, state: 'indexed', isProfile: false },
    select: { id: true, originalId: true, name: true, sourceUrl: true },
  });
