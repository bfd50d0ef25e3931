import { z } from 'zod';
import {
  documentState,
  documentType,
  type DocumentState,
  type DocumentType,
} from '../../../shared/contracts/knowledge.ts';
import type { Transaction } from '../../../shared/db/client.ts';
import { storedNameOf } from '../domain.ts';

const rowSchema = z.object({ type: documentType, state: documentState });

/** A version of a document, or a further copy of one. */
export interface Document {
  readonly id: string;
  /** What the outside calls the document in all its versions: the id of the first. */
  readonly originalId: string;
  readonly domainId: string;
  readonly baseId: string | null;
  readonly jobId: string | null;
  readonly isProfile: boolean;
  readonly name: string;
  readonly filename: string;
  readonly storedName: string;
  readonly type: DocumentType;
  readonly state: DocumentState;
  readonly version: number;
  readonly copy: number;
  readonly hash: string;
  readonly bytes: number;
  readonly pages: number | null;
  readonly chunks: number | null;
  readonly language: string | null;
  readonly sourceUrl: string | null;
  readonly websiteUrl: string | null;
  readonly chunkSize: number;
  readonly useSemantic: boolean;
  readonly objectKey: string | null;
  readonly dataSourceUuid: string | null;
  readonly errorCode: string | null;
  readonly errorMessage: string | null;
  readonly createdAt: Date;
  readonly indexedAt: Date | null;
}

/** A document as it comes in; `text` is what the bot will read. */
export type NewDocument = Pick<
  Document,
  | 'id'
  | 'domainId'
  | 'name'
  | 'filename'
  | 'type'
  | 'version'
  | 'hash'
  | 'bytes'
  | 'pages'
  | 'chunks'
  | 'chunkSize'
  | 'useSemantic'
> & {
  readonly jobId: string | null;
  /** Of a first version: its own id. */
  readonly originalId?: string;
  readonly copy?: number;
  readonly isProfile?: boolean;
  readonly baseId?: string;
  /** Stored, but not yet to be given to the bot. */
  readonly isHeld?: boolean;
  readonly language?: string | null;
  readonly sourceUrl?: string | null;
  readonly websiteUrl?: string | null;
  readonly text: string;
};

export const insertDocument = async (tx: Transaction, { isHeld, ...document }: NewDocument): Promise<void> => {
  const state = isHeld === true ? 'extracting' : document.baseId === undefined ? 'accepted' : 'uploading';
  const { id, originalId = id } = document;
  await tx.document.create({ data: { ...document, originalId, state, storedName: storedNameOf(id) } });
};

/** Documents of a job that were held are to be given to the bot. */
export const releaseHeld = async (tx: Transaction, jobId: string): Promise<void> => {
  await tx.document.updateMany({ where: { jobId, state: 'extracting' }, data: { state: 'accepted' } });
};

/** Documents of a job that were held are not wanted any more; nobody has seen them. */
export const dropHeld = async (tx: Transaction, jobId: string): Promise<void> => {
  await tx.document.deleteMany({ where: { jobId, state: 'extracting' } });
};

/** Everything but the text, which may be megabytes and is wanted in few places only. */
export const withoutText = { omit: { text: true } } as const;

/** One version. */
export const findVersion = async (tx: Transaction, id: string): Promise<Document | null> => {
  const row = await tx.document.findUnique({ where: { id }, ...withoutText });
  return row === null ? null : asDocument(row);
};

/** What tells a document from the others of its domain: a page its address, anything else its name. */
export type DocumentKey =
  | { readonly originalId: string }
  | { readonly sourceUrl: string }
  | { readonly name: string; readonly sourceUrl: null };

/** Versions of one document, newest first; those that failed or are on their way out as well. */
export const versionsOf = async (tx: Transaction, domainId: string, key: DocumentKey): Promise<readonly Document[]> =>
  (
    await tx.document.findMany({
      where: { domainId, isProfile: false, ...key },
      orderBy: [{ version: 'desc' }, { copy: 'desc' }],
      ...withoutText,
    })
  ).map(asDocument);

/** In one order, so that two who lock several never wait for each other. */
export const lockDocuments = async (tx: Transaction, ids: readonly string[]): Promise<void> => {
  await tx.$executeRaw`select 1 from documents where id = any(${[...ids]}::uuid[]) order by id for update`;
};

/** What a job put in that answers do not rest on: not indexed, or not attached yet. */
export const openDocumentsOfJob = async (tx: Transaction, jobId: string): Promise<readonly Document[]> => {
  const rows = await tx.document.findMany({
    where: {
      jobId,
      OR: [
        { state: { in: ['accepted', 'extracting', 'uploading', 'indexing'] } },
        { state: 'indexed', base: { attachedAt: null } },
      ],
    },
    ...withoutText,
  });
  return rows.map(asDocument);
};

/** A part of a version's text, and its length; both count code points, as people count characters. */
export const readPart = async (
  tx: Transaction,
  id: string,
  { offset, limit }: { readonly offset: number; readonly limit: number },
): Promise<{ readonly text: string; readonly total: number }> => {
  const rows = await tx.$queryRaw<{ text: string; total: number }[]>`
    select substring(text from ${offset + 1}::int for ${limit}::int) as text, char_length(text) as total
    from documents where id = ${id}::uuid`;
  return rows[0] ?? { text: '', total: 0 };
};

export const readText = async (tx: Transaction, id: string): Promise<string> =>
  (await tx.document.findUniqueOrThrow({ where: { id }, select: { text: true } })).text;

export const documentsOfBase = async (tx: Transaction, baseId: string): Promise<readonly Document[]> =>
  (await tx.document.findMany({ where: { baseId }, orderBy: { createdAt: 'asc' }, ...withoutText })).map(asDocument);

/**
 * Puts accepted documents of one domain that have no base yet into a new one; returns the ids that were put there.
 * Rows another replica is putting elsewhere at this moment are passed over.
 */
export const assignToBase = async (
  tx: Transaction,
  domainId: string,
  baseId: string,
  limit: number,
): Promise<readonly string[]> => {
  const rows = await tx.$queryRaw<{ id: string }[]>`
    update documents set base_id = ${baseId}::uuid, state = 'uploading'
    where id in (
      select id from documents where domain_id = ${domainId}::uuid and state = 'accepted' and base_id is null
      order by created_at limit ${limit} for update skip locked)
    returning id`;
  return rows.map((row) => row.id);
};

/**
 * Domains with documents that wait for a base and can have one, those who wait longest first. Documents of a domain that is
 * not known here yet stand in nobody's way.
 */
export const domainsWithWaiting = async (tx: Transaction, limit: number): Promise<readonly string[]> => {
  const rows = await tx.$queryRaw<{ domain_id: string }[]>`
    select domain_id::text from documents document
    where state = 'accepted' and base_id is null
      and exists (select from knowledge_bases base where base.domain_id = document.domain_id)
    group by domain_id order by min(created_at) limit ${limit}`;
  return rows.map((row) => row.domain_id);
};

/** Why a document failed, for its owner. */
export interface DocumentError {
  readonly code: string;
  readonly message: string;
}

export const updateDocument = async (
  tx: Transaction,
  id: string,
  change: {
    readonly state?: DocumentState;
    readonly objectKey?: string;
    readonly dataSourceUuid?: string;
    readonly indexedAt?: Date;
    readonly errorCode?: string;
    readonly errorMessage?: string;
  },
): Promise<void> => {
  await tx.document.updateMany({ where: { id }, data: change });
};

/** They answer no more here from now on, and go from the cloud as soon as they can. */
export const markRemoving = async (tx: Transaction, ids: readonly string[]): Promise<void> => {
  await tx.document.updateMany({ where: { id: { in: [...ids] } }, data: { state: 'removing' } });
};

/** Moves a base's documents from one state on; those that failed or are being removed stay. */
export const moveDocumentsOfBase = async (tx: Transaction, baseId: string, from: DocumentState, to: DocumentState) => {
  await tx.document.updateMany({ where: { baseId, state: from }, data: { state: to } });
};

/** A base's documents on their way in go back to its beginning; what the cloud knew of them is forgotten. */
export const resetDocuments = async (tx: Transaction, baseId: string): Promise<void> => {
  await tx.document.updateMany({
    where: { baseId, state: { in: ['uploading', 'indexing'] } },
    data: { state: 'uploading', objectKey: null, dataSourceUuid: null },
  });
};

/**
 * Moves documents of an indexed base into another one, to be uploaded there. Those whose own job has ended get `jobId`; their ids are
 * returned.
 */
export const moveToBase = async (
  tx: Transaction,
  move: { readonly ids: readonly string[]; readonly from: string; readonly to: string; readonly jobId: string },
): Promise<readonly string[]> => {
  const rows = await tx.$queryRaw<{ id: string; job_id: string | null }[]>`
    update documents document set base_id = ${move.to}::uuid, state = 'uploading', object_key = null,
      data_source_uuid = null, indexed_at = null,
      job_id = case when document.is_profile or exists (
          select from jobs where jobs.id = document.job_id and phase not in ('done', 'failed', 'cancelled'))
        then document.job_id else ${move.jobId}::uuid end
    where document.base_id = ${move.from}::uuid and document.id = any(${[...move.ids]}::uuid[])
      and document.state in ('indexed', 'indexing')
    returning document.id::text, document.job_id::text`;
  return rows.flatMap((row) => (row.job_id === move.jobId ? [row.id] : []));
};

export const deleteDocument = async (tx: Transaction, id: string): Promise<void> => {
  await tx.document.deleteMany({ where: { id } });
};

/** Older versions of the document, and older copies of this one, which it replaces. */
export const olderVersions = async (tx: Transaction, document: Document): Promise<readonly Document[]> => {
  const { originalId, version, copy } = document;
  const rows = await tx.document.findMany({
    where: {
      originalId,
      isProfile: false,
      state: { not: 'removing' },
      OR: [{ version: { lt: version } }, { version, copy: { lt: copy } }],
    },
    ...withoutText,
  });
  return rows.map(asDocument);
};

export const findByStoredNames = async (tx: Transaction, domainId: string, storedNames: readonly string[]) =>
  (
    await tx.document.findMany({
      where: { domainId, isProfile: false, storedName: { in: [...storedNames] } },
      ...withoutText,
    })
  ).map(asDocument);

/** A row with its words read. */
export const asDocument = (
  row: Omit<Document, 'type' | 'state'> & { readonly type: string; readonly state: string },
): Document => ({
  ...row,
  ...rowSchema.parse(row),
});
