import { jobProgressed, type cancelJob } from '../../../shared/contracts/knowledge.ts';
import type { Handler } from '../../../shared/bus/port.ts';
import { Failure } from '../../../shared/errors/failure.ts';
import type { Deps } from '../deps.ts';
import { isEnded } from '../domain.ts';
import { startRemoval } from '../start-removal.ts';
import { closeRest } from '../store/crawl-items.ts';
import { dropHeld, openDocumentsOfJob } from '../store/documents.ts';
import { lockJobs, updateJob, type Job } from '../store/jobs.ts';
import { holdDomain } from '../store/removals.ts';
import { answerWith, knownJob } from './known-job.ts';

/**
 * Ends a job. What answers do not rest on yet is dropped, from the cloud too; what they do rest on stays, and so does what
 * it was to replace. Throws `job_unknown`, `job_ended`, and `conflict` for a removal, which is owed.
 */
export const handleCancelJob =
  (deps: Deps): Handler<typeof cancelJob> =>
  async ({ domain_id, job_id }) => {
    const answer = await deps.messaging.transaction(async (tx) => {
      await holdDomain(tx, domain_id);
      refuseEnded(await knownJob(tx, domain_id, job_id));
      // Documents before jobs, as all do who move them.
      await dropHeld(tx, job_id);
      const versions = await openDocumentsOfJob(tx, job_id);
      if (versions.length > 0) await startRemoval(deps, tx, domain_id, { versions, because: 'cancelled' });
      await lockJobs(tx, [job_id]);
      const job = await knownJob(tx, domain_id, job_id);
      refuseEnded(job);
      await updateJob(tx, job.id, { phase: 'cancelled' });
      await closeRest(tx, job.id, 'the crawl was cancelled');
      await deps.messaging.emit(tx, jobProgressed, {
        domainId: domain_id,
        data: { job_id, phase: 'cancelled', done: job.done, total: job.total },
      });
      return answerWith(deps, tx, { ...job, phase: 'cancelled' });
    });
    deps.wakeJobs();
    return answer;
  };

const refuseEnded = ({ kind, phase }: Job): void => {
  if (isEnded(phase)) throw new Failure('job_ended', { detail: `The job is ${phase}` });
  if (kind === 'remove') throw new Failure('conflict', { detail: 'A removal cannot be cancelled: it is owed' });
};
