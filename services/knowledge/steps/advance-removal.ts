import { documentRemoved, kbRetired } from '../../../shared/contracts/knowledge.ts';
import type { Transaction } from '../../../shared/db/client.ts';
import type { Deps } from '../deps.ts';
import { nextBaseState } from '../domain.ts';
import { refreshJobs } from '../progress.ts';
import { lockBase, moveBase, type Base } from '../store/bases.ts';
import { deleteDocument, documentsOfBase, findVersion, type Document } from '../store/documents.ts';
import { itemsToRemove, jobsOfItem, markGone } from '../store/job-items.ts';
import { updateJob, type Job } from '../store/jobs.ts';
import { keepForSnapshots } from '../store/snapshots.ts';
import { remindMs } from './remind-of-retired.ts';

// The cloud lists sources late; one that is not listed after this many looks is not there.
const looksForSource = 12;
// Calls of the cloud that fit a lease also when each is slow.
const sourcesPerStep = 10;

type Inside = { readonly document: Document; readonly base: Base & { readonly kbUuid: string } };

/** How far a step of a removal came; when it is `done` no answer rests on any of its documents any more. */
export type RemovalOutcome = 'done' | 'advanced' | 'waiting';

/** One step of a removal: out of the agent's reach first, then out of our tables. */
export const advanceRemoval = async (deps: Deps, job: Job): Promise<RemovalOutcome> => {
  const left = await deps.database.run((client) => itemsToRemove(client, job.id));
  const inside: Inside[] = [];
  let removed = 0;
  for (const id of left) {
    const found = await deps.messaging.transaction((tx) => removeHere(deps, tx, job, id));
    if (found === 'removed') removed += 1;
    else if (found !== 'wait') inside.push(found);
    if (inside.length === sourcesPerStep) break;
  }
  const gone = await removeFromCloud(deps, job, inside);
  for (const { document, base } of gone) {
    await deps.messaging.transaction(async (tx) => {
      await lockBase(tx, base.id);
      await finish(deps, tx, job, document);
    });
  }
  removed += gone.length;
  const isDone = removed === left.length;
  const change = isDone ? { phase: 'done' as const, done: job.total } : { done: job.total - left.length + removed };
  if (removed > 0 || isDone) await deps.database.run((client) => updateJob(client, job.id, change));
  return isDone ? 'done' : removed > 0 ? 'advanced' : 'waiting';
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
  const document = await findVersion(tx, documentId);
  const base = document?.baseId === null || document === null ? null : await lockBase(tx, document.baseId);
  if (document === null || base === null || ['uploading', 'failed', 'deleting'].includes(base.state)) {
    if (document === null) await markGone(tx, documentId, 'removed');
    else await finish(deps, tx, job, document);
    return 'removed';
  }
  // A base that is being made takes its files along; they can be taken out when it is there. One that retires is still
  // the agent's until it is detached.
  if (base.state !== 'indexed') return 'wait';
  // What is left takes its whole base along.
  if (await retireWhenEmpty(deps, tx, document)) return 'wait';
  const { kbUuid } = base;
  return kbUuid === null ? 'wait' : { document, base: { ...base, kbUuid } };
};

/** Takes sources out of their bases; answers those that the cloud does not list any more. */
const removeFromCloud = async (deps: Deps, job: Job, inside: readonly Inside[]): Promise<readonly Inside[]> => {
  const gone: Inside[] = [];
  for (const kbUuid of new Set(inside.map(({ base }) => base.kbUuid))) {
    const ours = inside.filter(({ base }) => base.kbUuid === kbUuid);
    const isUnknown = ours.some(({ document }) => document.dataSourceUuid === null);
    const sources = isUnknown ? await deps.cloud.listSources(kbUuid) : new Map<string, string>();
    for (const each of ours) {
      const sourceUuid = each.document.dataSourceUuid ?? sources.get(each.document.storedName);
      if (sourceUuid !== undefined) await deps.cloud.deleteSource(kbUuid, sourceUuid);
      if (sourceUuid !== undefined || job.attempt >= looksForSource) gone.push(each);
    }
    if (gone.some(({ base }) => base.kbUuid === kbUuid)) await deps.cloud.refreshIndex(kbUuid);
  }
  return gone;
};

const finish = async (deps: Deps, tx: Transaction, job: Job, document: Document): Promise<void> => {
  await retireWhenEmpty(deps, tx, document);
  const jobIds = await jobsOfItem(tx, document.id);
  await keepForSnapshots(tx, document.id);
  await deleteDocument(tx, document.id);
  const isReplaced = job.request.kind === 'remove' && job.request.because === 'replaced';
  await markGone(tx, document.id, isReplaced ? 'replaced' : 'removed');
  await deps.messaging.emit(tx, documentRemoved, {
    domainId: job.domainId,
    data: { document_id: document.originalId, job_id: job.id, name: document.name },
  });
  // Its upload may still have been waited for, or its end.
  await refreshJobs(deps, tx, [document.jobId, ...jobIds]);
};

/**
 * Starts the end of a base that holds nothing but this document and others on their way out; false when it holds more, or does
 * not end that way. Of two removals at once, the later one sees itself alone.
 */
const retireWhenEmpty = async (deps: Deps, tx: Transaction, document: Document): Promise<boolean> => {
  const base = document.baseId === null ? null : await lockBase(tx, document.baseId);
  if (base === null) return false;
  const others = (await documentsOfBase(tx, base.id)).filter(
    ({ id, state }) => id !== document.id && state !== 'failed' && state !== 'removing',
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
