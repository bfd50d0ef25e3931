import type * as contracts from '../../../shared/contracts/knowledge-sources.ts';
import type { Handler } from '../../../shared/bus/port.ts';
import type { Deps } from '../deps.ts';
import { findRun, listRunItems, listRuns } from '../store/source-runs.ts';
import { listSources } from '../store/sources.ts';
import { knownSource, viewSource } from './known-source.ts';

/** Newest first. */
export const handleListSources =
  ({ database }: Deps): Handler<typeof contracts.listSources> =>
  async ({ domain_id, limit, cursor }) =>
    database.run(async (client) => {
      const { rows, total, next_cursor } = await listSources(client, { domainId: domain_id, limit, cursor });
      const sources = [];
      for (const row of rows) sources.push(await viewSource(client, row));
      return { sources, total, next_cursor };
    });

/** Throws `source_unknown`, also for another domain's. */
export const handleGetSource =
  ({ database }: Deps): Handler<typeof contracts.getSource> =>
  async ({ domain_id, source_id }) =>
    database.run(async (client) => ({
      source: await viewSource(client, await knownSource(client, domain_id, source_id)),
    }));

export const handleListRuns =
  ({ database }: Deps): Handler<typeof contracts.listRuns> =>
  async ({ domain_id, source_id }) =>
    database.run(async (client) => {
      const { id } = await knownSource(client, domain_id, source_id);
      return { runs: [...(await listRuns(client, id))] };
    });

/** Throws `source_unknown` and `job_unknown`. */
export const handleGetRun =
  ({ database }: Deps): Handler<typeof contracts.getRun> =>
  async ({ domain_id, source_id, job_id, change, limit, cursor }) =>
    database.run(async (client) => {
      const { id } = await knownSource(client, domain_id, source_id);
      const run = await findRun(client, id, job_id);
      return { run, ...(await listRunItems(client, { jobId: job_id, change, limit, cursor })) };
    });
