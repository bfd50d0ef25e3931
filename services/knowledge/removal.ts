import { documentRemoved, kbRetired } from '../../shared/contracts/knowledge.ts';
import type { Transaction } from '../../shared/db/client.ts';
import type { Deps } from './deps.ts';
import { nextBaseState } from './domain.ts';
import { findBase, moveBase, type Base } from './store/bases.ts';
import { deleteDocument, documentsOfBase, findDocument, updateDocument, type Document } from './store/documents.ts';
import { insertJob, replaceItems, updateJob, type Job } from './store/jobs.ts';

/** Records that a document is to go; a job does it and can be watched. Answers the job's id. */
export const startRemoval = async (deps: Deps, tx: Transaction, document: Document): Promise<string> => {
  const id = deps.clock.newId();
  await insertJob(tx, {
    id,
    domainId: document.domainId,
    phase: 'accepted',
    request: { kind: 'remove', document_id: document.id },
    total: 1,
    bytes: document.bytes,
  });
  await replaceItems(tx, id, [{ name: document.name, state: 'removing' }]);
  await updateDocument(tx, document.id, { state: 'removing' });
  return id;
};

/** What is to be done before the row may go. */
type Removal = 'wait' | 'row_only' | { readonly base: Base; readonly isLast: boolean };

/** One step of a removal: from the cloud first, then from our tables. True when it is finished. */
export const advanceRemoval = async (deps: Deps, job: Job, documentId: string): Promise<boolean> => {
  const document = await deps.database.run((client) => findDocument(client, job.domainId, documentId));
  if (document === null) {
    await finish(deps, job, null, 'row_only');
    return true;
  }
  const removal = await deps.database.run((client) => removalOf(client, document));
  if (removal === 'wait') return false;
  if (removal !== 'row_only') await removeFromCloud(deps, document, removal);
  await finish(deps, job, document, removal);
  return true;
};

const removalOf = async (client: Transaction, document: Document): Promise<Removal> => {
  const base = document.baseId === null ? null : await findBase(client, document.baseId);
  if (base === null || base.state === 'uploading' || base.state === 'failed' || base.state === 'deleting')
    return 'row_only';
  // A base that is being made takes its files along; they can be taken out when it is there.
  if (base.state === 'creating' || base.state === 'waiting_database' || base.state === 'indexing') return 'wait';
  const others = (await documentsOfBase(client, base.id)).filter(
    (other) => other.id !== document.id && other.state !== 'failed',
  );
  return { base, isLast: others.length === 0 };
};

const removeFromCloud = async (
  deps: Deps,
  document: Document,
  removal: { base: Base; isLast: boolean },
): Promise<void> => {
  const { kbUuid } = removal.base;
  // The last document takes its whole base along.
  if (removal.isLast || kbUuid === null || document.dataSourceUuid === null) return;
  await deps.cloud.deleteSource(kbUuid, document.dataSourceUuid);
  await deps.cloud.startIndexing(kbUuid);
};

const finish = (deps: Deps, job: Job, document: Document | null, removal: Removal): Promise<void> =>
  deps.messaging.transaction(async (tx) => {
    if (document !== null) {
      await deleteDocument(tx, document.id);
      await deps.messaging.emit(tx, documentRemoved, {
        domainId: job.domainId,
        data: { document_id: document.id, job_id: job.id, name: document.name },
      });
    }
    if (typeof removal === 'object' && removal.isLast) await retire(deps, tx, removal.base);
    await replaceItems(tx, job.id, [{ name: document?.name ?? 'document', state: 'removed' }]);
    await updateJob(tx, job.id, { phase: 'done', done: 1 });
  });

const retire = async (deps: Deps, tx: Transaction, base: Base): Promise<void> => {
  const state = nextBaseState(base.state, 'emptied');
  if (state === base.state || base.kbUuid === null) return;
  await moveBase(tx, base, state);
  await deps.messaging.emit(tx, kbRetired, { domainId: base.domainId, data: { kb_uuid: base.kbUuid } });
};
