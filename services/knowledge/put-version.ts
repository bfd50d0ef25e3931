import { documentAccepted } from '../../shared/contracts/knowledge.ts';
import type { Transaction } from '../../shared/db/client.ts';
import { Failure } from '../../shared/errors/failure.ts';
import { chunkText } from '../../shared/retrieval/chunk-text.ts';
import type { StoreDeps } from './deps.ts';
import { languageOf } from './language-of.ts';
import { startRemoval } from './start-removal.ts';
import { insertDocument, versionsOf, type Document, type DocumentKey, type NewDocument } from './store/documents.ts';

/** What was read, wherever it comes from. `hash` is of what would have to change for the bot to read something else. */
export type ReadDocument = Pick<
  NewDocument,
  'domainId' | 'name' | 'filename' | 'type' | 'hash' | 'bytes' | 'pages' | 'chunkSize' | 'useSemantic' | 'text'
> & {
  readonly jobId: string;
  /** Stored, but not yet to be given to the bot. */
  readonly isHeld?: boolean;
  readonly sourceUrl?: string | null;
  readonly websiteUrl?: string | null;
};

/** What storing it came to; `unchanged` is no work, and `document` the version that is there. */
export interface PutVersion {
  readonly outcome: 'new' | 'changed' | 'unchanged';
  readonly document: Pick<
    Document,
    'id' | 'originalId' | 'jobId' | 'type' | 'bytes' | 'version' | 'useSemantic' | 'state' | 'dataSourceUuid'
  >;
}

/**
 * Stores what was read as the next version of its document. The version before answers until the agent answers from this
 * one, and then goes by itself. Which document it is says `key`: as a rule `keyOf(read)`, so that a page is the same document
 * as long as its `sourceUrl` is the same, whatever it is called.
 *
 * The caller holds the domain (`holdDomain`, `isHeld`) in this transaction, has inserted the job `read.jobId` and tells its
 * item `documentId: put.document.id` unless `unchanged`; after the commit it calls `deps.wakeBases()` and `deps.wakeJobs()`.
 * Throws `conflict` when a document that `key` names by its id is being removed.
 */
export const putVersion = async (
  deps: Pick<StoreDeps, 'clock' | 'messaging'>,
  tx: Transaction,
  key: DocumentKey,
  read: ReadDocument,
): Promise<PutVersion> => {
  const versions = await versionsOf(tx, read.domainId, key);
  const staying = versions.filter(({ state }) => state !== 'removing');
  if (staying.length === 0 && 'originalId' in key) {
    throw new Failure('conflict', { detail: 'The document is being removed' });
  }
  const [newest] = staying;
  const same = unchangedAmong(versions, read);
  await clearFailed(deps, tx, staying);
  if (same !== undefined) return { outcome: 'unchanged', document: same };

  const id = deps.clock.newId();
  const originalId = newest?.originalId ?? id;
  const ofOriginal = versions.filter((version) => version.originalId === originalId);
  const version = Math.max(0, ...ofOriginal.map((row) => row.version)) + 1;
  const document = {
    ...read,
    id,
    originalId,
    version,
    chunks: chunkText(read.text, { chunkSize: read.chunkSize }).length,
    language: languageOf(read.text),
  };
  await insertDocument(tx, document);
  await deps.messaging.emit(tx, documentAccepted, {
    domainId: read.domainId,
    data: { document_id: originalId, job_id: read.jobId, name: read.name },
  });
  const outcome = newest === undefined ? 'new' : 'changed';
  return { outcome, document: { ...document, state: 'accepted', dataSourceUuid: null } };
};

/** Which document something is: a page by its address, anything else by its name. */
export const keyOf = ({ name, sourceUrl }: Pick<ReadDocument, 'name' | 'sourceUrl'>): DocumentKey =>
  sourceUrl === undefined || sourceUrl === null ? { name, sourceUrl: null } : { sourceUrl };

/** The version that is the same already, indexed or on its way; none when that one failed, which deserves another try. */
export const unchangedAmong = (
  versions: readonly Document[],
  read: Pick<ReadDocument, 'hash' | 'chunkSize' | 'useSemantic'>,
): Document | undefined => {
  const newest = versions.find(({ state }) => state !== 'failed' && state !== 'removing');
  const isSame =
    newest?.hash === read.hash && newest.chunkSize === read.chunkSize && newest.useSemantic === read.useSemantic;
  return isSame ? newest : undefined;
};

/** What failed is of no use once there is something newer to say of the document. */
const clearFailed = async (
  deps: Pick<StoreDeps, 'clock'>,
  tx: Transaction,
  staying: readonly Document[],
): Promise<void> => {
  const failed = staying.filter(({ state }) => state === 'failed');
  const [first] = failed;
  if (first !== undefined) await startRemoval(deps, tx, first.domainId, { versions: failed, because: 'replaced' });
};
