import { documentRemoved, kbRetired } from '../../shared/contracts/knowledge.ts';
import type { Transaction } from '../../shared/db/client.ts';
import type { Deps } from './deps.ts';
import { nextBaseState } from './domain.ts';
import { refreshJobs } from './progress.ts';
import { findBase, lockBase, moveBase, type Base } from './store/bases.ts';
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
type Removal = 'wait' | 'row_only' | 'retire' | { readonly base: Base };

/**
 * One step of a removal: out of the agent's reach first, then out of our tables. True when it is finished, and then no
 * answer rests on the document any more.
 */
export const advanceRemoval = async (deps: Deps, job: Job, documentId: string): Promise<boolean> => {
  const document = await deps.database.run((client) => findDocument(client, job.domainId, documentId));
  if (document === null) {
    await finish(deps, job, null);
    return true;
  }
  const removal = await deps.database.run((client) => removalOf(client, document));
  if (removal === 'retire') await deps.messaging.transaction((tx) => retireWhenEmpty(deps, tx, document));
  if (removal === 'wait' || removal === 'retire') return false;
  if (removal !== 'row_only') await removeFromCloud(deps, document, removal.base);
  await finish(deps, job, document);
  return true;
};

const removalOf = async (client: Transaction, document: Document): Promise<Removal> => {
  const base = document.baseId === null ? null : await findBase(client, document.baseId);
  if (base === null || base.state === 'uploading' || base.state === 'failed' || base.state === 'deleting')
    return 'row_only';
  // A base that is being made takes its files along; they can be taken out when it is there. One that retires is still
  // the agent's until it is detached.
  if (base.state !== 'indexed') return 'wait';
  // The last document takes its whole base along.
  return (await othersIn(client, base, document)).length === 0 ? 'retire' : { base };
};

const othersIn = async (client: Transaction, base: Base, document: Document): Promise<readonly Document[]> =>
  (await documentsOfBase(client, base.id)).filter((other) => other.id !== document.id && other.state !== 'failed');

const removeFromCloud = async (deps: Deps, document: Document, { kbUuid }: Base): Promise<void> => {
  if (kbUuid === null || document.dataSourceUuid === null) return;
  await deps.cloud.deleteSource(kbUuid, document.dataSourceUuid);
  await deps.cloud.startIndexing(kbUuid);
};

const finish = (deps: Deps, job: Job, document: Document | null): Promise<void> =>
  deps.messaging.transaction(async (tx) => {
    if (document !== null) {
      await retireWhenEmpty(deps, tx, document);
      await deleteDocument(tx, document.id);
      await deps.messaging.emit(tx, documentRemoved, {
        domainId: job.domainId,
        data: { document_id: document.id, job_id: job.id, name: document.name },
      });
      // Its upload may still have been waited for.
      await refreshJobs(deps, tx, [document.jobId]);
    }
    await replaceItems(tx, job.id, [{ name: document?.name ?? 'document', state: 'removed' }]);
    await updateJob(tx, job.id, { phase: 'done', done: 1 });
  });

/** Starts the end of a base that holds nothing but this document. Of two removals at once, the later one sees itself alone. */
const retireWhenEmpty = async (deps: Deps, tx: Transaction, document: Document): Promise<void> => {
  const base = document.baseId === null ? null : await lockBase(tx, document.baseId);
  if (base === null || (await othersIn(tx, base, document)).length > 0) return;
  const state = nextBaseState(base.state, 'emptied');
  // One that still uploads finds out by itself that nothing is left.
  if (state === base.state || base.state === 'uploading') return;
  await moveBase(tx, base, state);
  if (state === 'retiring' && base.kbUuid !== null) {
    await deps.messaging.emit(tx, kbRetired, { domainId: base.domainId, data: { kb_uuid: base.kbUuid } });
  }
};
