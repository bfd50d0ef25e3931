import { jobProgressed, type cancelJob, type getJob } from '../../../shared/contracts/knowledge.ts';
import type { Handler } from '../../../shared/bus/port.ts';
import type { Transaction } from '../../../shared/db/client.ts';
import { Failure } from '../../../shared/errors/failure.ts';
import type { Deps } from '../deps.ts';
import { findJob, listItems, lockJobs, updateJob, type Job } from '../store/jobs.ts';
import { viewJob } from '../view.ts';

/** Throws `job_unknown`, also for another domain's. */
export const handleGetJob =
  (deps: Deps): Handler<typeof getJob> =>
  async ({ domain_id, job_id }) =>
    deps.database.run(async (client) => answer(deps, client, await knownJob(client, domain_id, job_id)));

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
      await deps.messaging.emit(tx, jobProgressed, {
        domainId: domain_id,
        data: { job_id, phase: 'cancelled', done: job.done, total: job.total },
      });
      return answer(deps, tx, { ...job, phase: 'cancelled' });
    });

const answer = async (deps: Deps, client: Transaction, job: Job) => ({
  job: viewJob(job, await listItems(client, job.id), deps.clock.now()),
});

const knownJob = async (client: Transaction, domainId: string, id: string): Promise<Job> => {
  const job = await findJob(client, id);
  if (job?.domainId !== domainId) throw new Failure('job_unknown');
  return job;
};
