import { jobProgressed } from '../../shared/contracts/knowledge.ts';
import type { Transaction } from '../../shared/db/client.ts';
import { finishedOf, ingestPhaseOf, isEnded } from './domain.ts';
import type { StoreDeps } from './deps.ts';
import { isAllRemoved } from './store/job-items.ts';
import { documentProgress, findJob, lockJobs, updateJob, type Job } from './store/jobs.ts';

/** Whether the job has steps of its own, which say how far it is. */
const hasOwnSteps = ({ kind, phase }: Job): boolean =>
  kind === 'remove' || phase === 'accepted' || phase === 'crawling';

/**
 * Brings jobs to where their documents are, and tells it. Part of every transaction that moves documents, so that a
 * job's phase is never ahead of what is true. Jobs that have ended stay so.
 */
export const refreshJobs = async (
  deps: Pick<StoreDeps, 'messaging'>,
  tx: Transaction,
  jobIds: readonly (string | null)[],
): Promise<void> => {
  const ids = [...new Set(jobIds.filter((id) => id !== null))];
  if (ids.length === 0) return;
  // Two that move documents of one job at once would each see the other's as they were, and neither would end it.
  await lockJobs(tx, ids);
  const progress = await documentProgress(tx, ids);
  for (const id of ids) {
    const job = await findJob(tx, id);
    if (job === null || isEnded(job.phase) || hasOwnSteps(job)) continue;
    const rows = progress.filter((row) => row.job_id === id);
    const documents = rows.map((row) => ({ state: row.state, isAttached: row.is_attached }));
    const isDropped = job.kind !== 'rollback' && documents.length === 0 && (await isAllRemoved(tx, id));
    const phase = isDropped ? 'cancelled' : ingestPhaseOf(documents);
    // Pages of a crawl that gave no document are finished too.
    const done = finishedOf(documents) + Math.max(0, job.total - documents.length);
    if (phase === job.phase && done === job.done) continue;
    await updateJob(tx, id, { phase, done, ...(phase === 'failed' ? failureOf(rows) : {}) });
    await deps.messaging.emit(tx, jobProgressed, {
      domainId: job.domainId,
      data: { job_id: id, phase, done, total: job.total },
    });
  }
};

/** Ends jobs that have not ended as failed, in words, and tells it. */
export const failJobs = async (
  deps: Pick<StoreDeps, 'messaging'>,
  tx: Transaction,
  jobIds: readonly string[],
  { code, message }: { readonly code: string; readonly message: string },
): Promise<void> => {
  const ids = [...new Set(jobIds)];
  await lockJobs(tx, ids);
  for (const id of ids) {
    const job = await findJob(tx, id);
    if (job === null || isEnded(job.phase)) continue;
    await updateJob(tx, id, { phase: 'failed', errorCode: code, errorMessage: message });
    await deps.messaging.emit(tx, jobProgressed, {
      domainId: job.domainId,
      data: { job_id: id, phase: 'failed', done: job.done, total: job.total },
    });
  }
};

/** Of one document its own words, of several how many there are and what the first died of. */
const failureOf = (rows: Awaited<ReturnType<typeof documentProgress>>) => {
  const [first] = rows;
  const reason = first?.error_message ?? 'The document could not be indexed';
  return {
    errorCode: first?.error_code ?? 'cloud_refused',
    errorMessage:
      rows.length === 1 ? reason : `None of ${rows.length} documents could be indexed; the first: ${reason}`,
  };
};
