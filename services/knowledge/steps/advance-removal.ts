import { documentRemoved, kbRetired } from '../../../shared/contracts/knowledge.ts';
import type { Transaction } from '../../../shared/db/client.ts';
import type { Deps } from '../deps.ts';
import { nextBaseState } from '../domain.ts';
import { refreshJobs } from '../progress.ts';
import { lockBase, moveBase, type Base } from '../store/bases.ts';
import { deleteDocument, documentsOfBase, findDocument, type Document } from '../store/documents.ts';
import { replaceItems, updateJob, type Job } from '../store/jobs.ts';
import { remindMs } from './remind-of-retired.ts';

// The cloud lists sources late; one that is not listed after this many looks is not there.
const looksForSource = 12;

type Inside = { readonly document: Document; readonly base: Base };

/**
 * One step of a removal: out of the agent's reach first, then out of our tables. True when it is finished, and then no
 * answer rests on the document any more.
 */
export const advanceRemoval = async (deps: Deps, job: Job, documentId: string): Promise<boolean> => {
  const found = await deps.messaging.transaction((tx) => removeHere(deps, tx, job, documentId));
  if (found === 'removed' || found === 'wait') return found === 'removed';
  if (!(await removeFromCloud(deps, job, found))) return false;
  await deps.messaging.transaction(async (tx) => {
    await lockBase(tx, found.base.id);
    await finish(deps, tx, job, found.document);
  });
  return true;
};

/**
 * Decides with the base held, because its own steps move it on meanwhile: a document is only ours alone while its base has
 * nothing of it in the cloud that an agent could be given.
 */
const removeHere = async (
  deps: Deps,
  tx: Transaction,
  job: Job,
  documentId: string,
): Promise<'removed' | 'wait' | Inside> => {
  const document = await findDocument(tx, job.domainId, documentId);
  const base = document?.baseId === null || document === null ? null : await lockBase(tx, document.baseId);
  if (document === null || base === null || ['uploading', 'failed', 'deleting'].includes(base.state)) {
    await finish(deps, tx, job, document);
    return 'removed';
  }
  // A base that is being made takes its files along; they can be taken out when it is there. One that retires is still
  // the agent's until it is detached.
  if (base.state !== 'indexed') return 'wait';
  // The last document takes its whole base along.
  if (await retireWhenEmpty(deps, tx, document)) return 'wait';
  return { document, base };
};

/** False when the cloud may still list the document's source. */
const removeFromCloud = async (deps: Deps, job: Job, { document, base: { kbUuid } }: Inside): Promise<boolean> => {
  if (kbUuid === null) return true;
  const sources = document.dataSourceUuid === null ? await deps.cloud.listSources(kbUuid) : new Map<string, string>();
  const sourceUuid = document.dataSourceUuid ?? sources.get(document.storedName);
  if (sourceUuid === undefined) return job.attempt >= looksForSource;
  await deps.cloud.deleteSource(kbUuid, sourceUuid);
  await deps.cloud.refreshIndex(kbUuid);
  return true;
};

const finish = async (deps: Deps, tx: Transaction, job: Job, document: Document | null): Promise<void> => {
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
};

/**
 * Starts the end of a base that holds nothing but this document; false when it holds more, or does not end that way. Of two
 * removals at once, the later one sees itself alone.
 */
const retireWhenEmpty = async (deps: Deps, tx: Transaction, document: Document): Promise<boolean> => {
  const base = document.baseId === null ? null : await lockBase(tx, document.baseId);
  if (base === null) return false;
  const others = (await documentsOfBase(tx, base.id)).filter(
    ({ id, state }) => id !== document.id && state !== 'failed',
  );
  if (others.length > 0) return false;
  const state = nextBaseState(base.state, 'emptied');
  // One that has not been made yet finds out by itself that nothing is left.
  if (state === base.state || base.state === 'uploading' || base.state === 'creating') return false;
  await moveBase(tx, base, state, state === 'retiring' ? remindMs : 0);
  if (state === 'retiring' && base.kbUuid !== null) {
    await deps.messaging.emit(tx, kbRetired, { domainId: base.domainId, data: { kb_uuid: base.kbUuid } });
  }
  return true;
};
