import type { listJobItems, listJobs } from '../../../shared/contracts/knowledge-jobs.ts';
import type { Handler } from '../../../shared/bus/port.ts';
import type { Deps } from '../deps.ts';
import { countItems, listItemsPage } from '../store/job-items.ts';
import { listAskedJobs } from '../store/jobs.ts';
import { viewItem, viewJob } from '../view.ts';
import { knownJob } from './known-job.ts';

/** What people have started, newest first. */
export const handleListJobs =
  ({ clock, database }: Deps): Handler<typeof listJobs> =>
  async ({ domain_id, limit, cursor }) =>
    database.run(async (client) => {
      const { rows, total, next_cursor } = await listAskedJobs(client, { domainId: domain_id, limit, cursor });
      const jobs = [];
      for (const row of rows) {
        const counts = await countItems(client, row.id);
        jobs.push(viewJob(row, { counts, typicalMs: null, nowMs: clock.now() }));
      }
      return { jobs, total, next_cursor };
    });

/** Throws `job_unknown`, also for another domain's. */
export const handleListJobItems =
  ({ database }: Deps): Handler<typeof listJobItems> =>
  async ({ domain_id, job_id, limit, cursor, state }) =>
    database.run(async (client) => {
      const job = await knownJob(client, domain_id, job_id);
      const { items, total, next_cursor } = await listItemsPage(client, { jobId: job.id, limit, cursor, state });
      return { items: items.map(viewItem), total, next_cursor };
    });
