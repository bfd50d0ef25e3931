import type { JobView } from '../../../shared/contracts/knowledge.ts';
import type { Transaction } from '../../../shared/db/client.ts';
import { Failure } from '../../../shared/errors/failure.ts';
import type { Deps } from '../deps.ts';
import { isEnded } from '../domain.ts';
import { countItems, listItems, type JobItemRow } from '../store/job-items.ts';
import { findJob, typicalMs, type Job } from '../store/jobs.ts';
import { viewItem, viewJob } from '../view.ts';

/** A job of the domain; throws `job_unknown`, also for another domain's. */
export const knownJob = async (client: Transaction, domainId: string, id: string): Promise<Job> => {
  const job = await findJob(client, id);
  if (job?.domainId !== domainId) throw new Failure('job_unknown');
  return job;
};

/** So many items go out with a job; all of them are listed on their own. */
const itemsMax = 200;

/** The job as the outside sees it, with its items as they stand. */
export const answerWith = async (
  deps: Pick<Deps, 'clock'>,
  client: Transaction,
  job: Job,
): Promise<{ job: JobView }> => {
  const items = await listItems(client, job.id, itemsMax);
  const counts = items.length < itemsMax ? countStates(items) : await countItems(client, job.id);
  const isOpen = !isEnded(job.phase) && job.total === 1;
  const details = { counts, typicalMs: isOpen ? await typicalMs(client, job) : null, nowMs: deps.clock.now() };
  return { job: { ...viewJob(job, details), items: items.map(viewItem) } };
};

const countStates = (items: readonly JobItemRow[]): Readonly<Record<string, number>> => {
  const counts: Record<string, number> = {};
  for (const { state } of items) counts[state] = (counts[state] ?? 0) + 1;
  return counts;
};
