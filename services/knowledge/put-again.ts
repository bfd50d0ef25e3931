import { documentAccepted } from '../../shared/contracts/knowledge.ts';
import type { Transaction } from '../../shared/db/client.ts';
import type { StoreDeps } from './deps.ts';
import { insertDocument, readText, type Document, type NewDocument } from './store/documents.ts';

/** What a version says of itself, whichever row holds it. */
export type VersionContent = Pick<
  Document,
  | 'domainId'
  | 'originalId'
  | 'name'
  | 'filename'
  | 'type'
  | 'hash'
  | 'bytes'
  | 'pages'
  | 'chunks'
  | 'language'
  | 'chunkSize'
  | 'useSemantic'
  | 'sourceUrl'
  | 'websiteUrl'
>;

/**
 * Puts a text that was read before into the cloud again, as a further version, because the cloud never refreshes an
 * uploaded file. As with `putVersion` the version before answers until then. Answers the new row's id.
 */
export const putAgain = async (
  deps: Pick<StoreDeps, 'clock' | 'messaging'>,
  tx: Transaction,
  content: VersionContent & { readonly text: string },
  at: { readonly jobId: string; readonly version: number },
): Promise<string> => {
  const id = deps.clock.newId();
  await insertDocument(tx, { ...contentOf(content), ...at, id, text: content.text });
  await deps.messaging.emit(tx, documentAccepted, {
    domainId: content.domainId,
    data: { document_id: content.originalId, job_id: at.jobId, name: content.name },
  });
  return id;
};

/** As stored: the row's content with its text. */
export const readContent = async (tx: Transaction, document: Document) => ({
  ...contentOf(document),
  text: await readText(tx, document.id),
});

const contentOf = (content: VersionContent): VersionContent & Partial<NewDocument> => ({
  domainId: content.domainId,
  originalId: content.originalId,
  name: content.name,
  filename: content.filename,
  type: content.type,
  hash: content.hash,
  bytes: content.bytes,
  pages: content.pages,
  chunks: content.chunks,
  language: content.language,
  chunkSize: content.chunkSize,
  useSemantic: content.useSemantic,
  sourceUrl: content.sourceUrl,
  websiteUrl: content.websiteUrl,
});
