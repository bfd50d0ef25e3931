import type { JobView } from '../../../shared/contracts/knowledge.ts';
import type { Transaction } from '../../../shared/db/client.ts';
import { Failure } from '../../../shared/errors/failure.ts';
import type { Deps } from '../deps.ts';
import { findJob, listItems, type Job } from '../store/jobs.ts';
import { viewJob } from '../view.ts';

/** A job of the domain; throws `job_unknown`, also for another domain's. */
export const knownJob = async (client: Transaction, domainId: string, id: string): Promise<Job> => {
  const job = await findJob(client, id);
  if (job?.domainId !== domainId) throw new Failure('job_unknown');
  return job;
};

/** The job as the outside sees it, with its items as they stand. */
export const answerWith = async (
  deps: Pick<Deps, 'clock'>,
  client: Transaction,
  job: Job,
): Promise<{ job: JobView }> => ({
  job: viewJob(job, await listItems(client, job.id), deps.clock.now()),
});
