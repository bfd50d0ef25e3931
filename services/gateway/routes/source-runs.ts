import { z } from 'zod';
import * as http from '../../../shared/contracts/http/sources.ts';
import * as contracts from '../../../shared/contracts/knowledge-sources.ts';
import { route, type Endpoint } from '../http/route.ts';

const runSourceRoute = route({
  method: 'post',
  path: '/knowledge/sources/:source_id/run',
  tag: 'knowledge',
  summary: 'Look through it now',
  credential: 'knowledge',
  input: z.object({ params: http.sourceParams }),
  output: http.startedRunAnswer,
  failures: ['source_unknown', 'conflict'],
  handle:
    ({ bus }) =>
    async ({ params }, { caller, call }) => {
      const { job_id } = await bus.ask(contracts.runSource, { ...params, domain_id: caller.domain.domain_id }, call());
      return { success: true as const, message: `A run has started; follow GET /knowledge/jobs/${job_id}`, job_id };
    },
});

const listRunsRoute = route({
  method: 'get',
  path: '/knowledge/sources/:source_id/runs',
  tag: 'knowledge',
  summary: 'How its last runs went',
  description: 'Newest first; the last twenty are kept.',
  credential: 'knowledge',
  input: z.object({ params: http.sourceParams }),
  output: http.listRunsAnswer,
  failures: ['source_unknown'],
  handle:
    ({ bus }) =>
    ({ params }, { caller, call }) =>
      bus.ask(contracts.listRuns, { ...params, domain_id: caller.domain.domain_id }, call()),
});

const getRunRoute = route({
  method: 'get',
  path: '/knowledge/sources/:source_id/runs/:job_id',
  tag: 'knowledge',
  summary: 'What a run did, page by page',
  description:
    '`change` is `added`, `changed`, `unchanged`, `pruned`, `vanished` (it waits for a word), `failed` or `skipped`; as a parameter it chooses.',
  credential: 'knowledge',
  input: z.object({ params: http.runParams, query: http.runQuery }),
  output: http.runAnswer,
  failures: ['source_unknown', 'job_unknown'],
  handle:
    ({ bus }) =>
    ({ params, query }, { caller, call }) =>
      bus.ask(contracts.getRun, { ...params, ...query, domain_id: caller.domain.domain_id }, call()),
});

/** The runs of a website that is kept. */
export const runRoutes: readonly Endpoint[] = [runSourceRoute, listRunsRoute, getRunRoute];
