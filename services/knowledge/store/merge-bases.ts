import { z } from 'zod';
import type { Transaction } from '../../../shared/db/client.ts';
import { storedNameOf } from '../domain.ts';

/** A base with fewer documents is worth merging. */
const fewDocuments = 50;
/** So many of them a domain may have. */
const smallBasesMax = 8;

const rowSchema = z.object({ id: z.string(), base_id: z.string() });

/**
 * Puts copies of what lies in a domain's small bases into a base that is about to be made anyway, once there are many of
 * them: the cloud has room for few bases. The originals answer until the agent has the new base and then go, with the bases
 * that they leave empty. `room` is how many documents still fit. The caller holds the domain.
 */
export const mergeSmallBases = async (
  tx: Transaction,
  merge: { readonly domainId: string; readonly into: string; readonly room: number; readonly newId: () => string },
): Promise<void> => {
  const { domainId, into, room, newId } = merge;
  const rows = await tx.$queryRaw<unknown[]>`
    select document.id::text, document.base_id::text from documents document
    join knowledge_bases base on base.id = document.base_id
    where base.domain_id = ${domainId}::uuid and base.state = 'indexed' and base.attached_at is not null
      and document.state = 'indexed' and not exists (
        select from documents other where other.base_id = base.id and (other.is_profile or other.state <> 'indexed'))
      and not exists (
        select from documents newer where newer.original_id = document.original_id and newer.id <> document.id)
    order by document.id`;
  const chosen = chooseDocuments(z.array(rowSchema).parse(rows), room);
  const copies = chosen.map((id) => ({ id: newId(), of: id }));
  await tx.$executeRaw`
    insert into documents (id, original_id, domain_id, base_id, name, filename, stored_name, type, state, version, copy,
      hash, bytes, pages, chunks, language, source_url, website_url, chunk_size, use_semantic, text)
    select fresh.id, original_id, domain_id, ${into}::uuid, name, filename, fresh.stored_name, type, 'uploading', version,
      copy + 1, hash, bytes, pages, chunks, language, source_url, website_url, chunk_size, use_semantic, text
    from unnest(${copies.map(({ id }) => id)}::uuid[], ${copies.map(({ of }) => of)}::uuid[],
      ${copies.map(({ id }) => storedNameOf(id))}::text[]) as fresh (id, copy_of, stored_name)
    join documents on documents.id = fresh.copy_of`;
};

/** All documents of whole bases, the smallest first, as long as they fit; none while the small ones are few. */
export const chooseDocuments = (
  documents: readonly { readonly id: string; readonly base_id: string }[],
  room: number,
): readonly string[] => {
  const byBase = new Map<string, string[]>();
  for (const { id, base_id } of documents) byBase.set(base_id, [...(byBase.get(base_id) ?? []), id]);
  const small = [...byBase.values()]
    .filter(({ length }) => length < fewDocuments)
    .sort((one, other) => one.length - other.length);
  if (small.length < smallBasesMax) return [];
  const chosen: string[] = [];
  for (const ids of small) {
    if (chosen.length + ids.length > room) break;
    chosen.push(...ids);
  }
  return chosen;
};
