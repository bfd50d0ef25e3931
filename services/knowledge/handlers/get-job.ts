import type { getJob } from '../../../shared/contracts/knowledge.ts';
import type { Handler } from '../../../shared/bus/port.ts';
import type { Deps } from '../deps.ts';
import { answerWith, knownJob } from './known-job.ts';

/** Throws `job_unknown`, also for another domain's. */
export const handleGetJob =
  (deps: Deps): Handler<typeof getJob> =>
  async ({ domain_id, job_id }) =>
    deps.database.run(async (client) => answerWith(deps, client, await knownJob(client, domain_id, job_id)));
