import { jobProgressed, type cancelJob } from '../../../shared/contracts/knowledge.ts';
import type { Handler } from '../../../shared/bus/port.ts';
import { Failure } from '../../../shared/errors/failure.ts';
import type { Deps } from '../deps.ts';
import { forgetVisits, lockJobs, updateJob } from '../store/jobs.ts';
import { answerWith, knownJob } from './known-job.ts';

/** Ends a crawl that is still collecting pages; throws `conflict` once documents are on their way into the cloud. */
export const handleCancelJob =
  (deps: Deps): Handler<typeof cancelJob> =>
  async ({ domain_id, job_id }) =>
    deps.messaging.transaction(async (tx) => {
      await lockJobs(tx, [job_id]);
      const job = await knownJob(tx, domain_id, job_id);
      if (job.kind !== 'crawl' || (job.phase !== 'accepted' && job.phase !== 'crawling')) {
        throw new Failure('conflict', { detail: `A ${job.kind} that is ${job.phase} can not be cancelled` });
      }
      await updateJob(tx, job.id, { phase: 'cancelled' });
      await forgetVisits(tx, job.id);
      await deps.messaging.emit(tx, jobProgressed, {
        domainId: domain_id,
        data: { job_id, phase: 'cancelled', done: job.done, total: job.total },
      });
      return answerWith(deps, tx, { ...job, phase: 'cancelled' });
    });
