import { documentFailed, documentIndexed } from '../../../shared/contracts/knowledge.ts';
import type { Transaction } from '../../../shared/db/client.ts';
import type { StoreDeps } from '../deps.ts';
import { refreshJobs } from '../progress.ts';
import type { Verdict } from '../steps/verdicts.ts';
import type { Base } from './bases.ts';
import { documentsOfBase, updateDocument, type Document, type DocumentError } from './documents.ts';

/** Gives the documents of a base that are on their way in what the cloud says of them. Those being removed learn their source. */
export const applyVerdicts = async (
  deps: StoreDeps,
  tx: Transaction,
  base: Base,
  verdicts: readonly Verdict[],
): Promise<void> => {
  const documents = await documentsOfBase(tx, base.id);
  for (const document of documents) {
    const verdict = verdicts.find(({ documentId }) => documentId === document.id);
    if (verdict === undefined) continue;
    if (verdict.sourceUuid !== null) await updateDocument(tx, document.id, { dataSourceUuid: verdict.sourceUuid });
    if (document.state !== 'indexing' || verdict.is === 'open') continue;
    if (verdict.is === 'indexed') await acceptDocument(deps, tx, document);
    else await failDocument(deps, tx, document, { code: 'cloud_refused', message: verdict.reason ?? 'not indexed' });
  }
  await refreshJobs(
    deps,
    tx,
    documents.map((document) => document.jobId),
  );
};

const acceptDocument = async (deps: StoreDeps, tx: Transaction, document: Document): Promise<void> => {
  await updateDocument(tx, document.id, { state: 'indexed', indexedAt: new Date(deps.clock.now()) });
  if (document.jobId === null) return;
  await deps.messaging.emit(tx, documentIndexed, {
    domainId: document.domainId,
    data: { document_id: document.originalId, job_id: document.jobId, name: document.name },
  });
};

/** Marks one document as failed, for the reason given, and tells it. */
export const failDocument = async (
  deps: StoreDeps,
  tx: Transaction,
  document: Document,
  error: DocumentError,
): Promise<void> => {
  await updateDocument(tx, document.id, { state: 'failed', errorCode: error.code, errorMessage: error.message });
  if (document.jobId === null) return;
  await deps.messaging.emit(tx, documentFailed, {
    domainId: document.domainId,
    data: { document_id: document.originalId, job_id: document.jobId, name: document.name, error },
  });
};
