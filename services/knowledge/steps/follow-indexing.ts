import { documentFailed, documentIndexed, kbIndexed } from '../../../shared/contracts/knowledge.ts';
import type { Transaction } from '../../../shared/db/client.ts';
import { Failure } from '../../../shared/errors/failure.ts';
import type { Deps } from '../deps.ts';
import { nextBaseState } from '../domain.ts';
import { refreshJobs } from '../progress.ts';
import { saveStep, type Base } from '../store/bases.ts';
import { documentsOfBase, updateDocument, type Document } from '../store/documents.ts';
import type { Step } from './advance-base.ts';

/** Follows the indexing job to its end; each document gets its own verdict, from the counters of its source. */
export const followIndexing: Step = async (deps, base) => {
  const { kbUuid, indexingJobUuid } = base;
  if (kbUuid === null || indexingJobUuid === null)
    throw new Failure('internal', { detail: 'No indexing job to follow' });
  const outcome = await deps.cloud.indexingOutcome(indexingJobUuid);
  if (outcome === 'running') return {};
  if (outcome === 'failed') throw new Failure('cloud_refused', { detail: 'The cloud could not index the documents' });
  const failed = await deps.cloud.failedSources(indexingJobUuid);
  await deps.messaging.transaction(async (tx) => {
    const documents = (await documentsOfBase(tx, base.id)).filter((document) => document.state === 'indexing');
    const isOurs = await saveStep(tx, base, {
      state: nextBaseState(base.state, 'job_succeeded'),
      attempt: 0,
    });
    if (!isOurs) return;
    for (const document of documents) await conclude(deps, tx, document, failed);
    await deps.messaging.emit(tx, kbIndexed, { domainId: base.domainId, data: { kb_uuid: kbUuid } });
    await refreshJobs(
      deps,
      tx,
      documents.map((document) => document.jobId),
    );
  });
  return 'saved';
};

const conclude = async (
  deps: Deps,
  tx: Transaction,
  document: Document,
  failed: ReadonlyMap<string, string>,
): Promise<void> => {
  const reason = document.dataSourceUuid === null ? undefined : failed.get(document.dataSourceUuid);
  if (reason === undefined) await acceptDocument(deps, tx, document);
  else await failDocument(deps, tx, document, { code: 'cloud_refused', message: reason });
};

const acceptDocument = async (deps: Deps, tx: Transaction, document: Document): Promise<void> => {
  await updateDocument(tx, document.id, { state: 'indexed', indexedAt: new Date(deps.clock.now()) });
  if (document.jobId === null) return;
  await deps.messaging.emit(tx, documentIndexed, {
    domainId: document.domainId,
    data: { document_id: document.id, job_id: document.jobId, name: document.name },
  });
};

/** Marks one document as failed, for the reason given, and tells it. */
export const failDocument = async (
  deps: Deps,
  tx: Transaction,
  document: Document,
  error: { readonly code: string; readonly message: string },
): Promise<void> => {
  await updateDocument(tx, document.id, { state: 'failed', errorCode: error.code, errorMessage: error.message });
  if (document.jobId === null) return;
  await deps.messaging.emit(tx, documentFailed, {
    domainId: document.domainId,
    data: { document_id: document.id, job_id: document.jobId, name: document.name, error },
  });
};

/** The documents of a base that are on their way in. */
export const openDocumentsOf = async (tx: Transaction, base: Base): Promise<readonly Document[]> =>
  (await documentsOfBase(tx, base.id)).filter((document) => ['uploading', 'indexing'].includes(document.state));
