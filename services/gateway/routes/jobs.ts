import { z } from 'zod';
import { pageQuery } from '../../../shared/contracts/http/fields.ts';
import {
  jobAnswer,
  jobItemsAnswer,
  jobItemsQuery,
  jobParams,
  listJobsAnswer,
  retryJobBody,
  startedJobAnswer,
} from '../../../shared/contracts/http/jobs.ts';
import { listJobItems, listJobs, retryJob } from '../../../shared/contracts/knowledge-jobs.ts';
import { cancelJob, getJob } from '../../../shared/contracts/knowledge.ts';
import { answered, route, type Endpoint } from '../http/route.ts';
import { wantsEvents } from '../streaming/event-stream.ts';
import { streamJob } from '../streaming/stream-job.ts';

const getJobRoute = route({
  method: 'get',
  path: '/knowledge/jobs/:job_id',
  tag: 'knowledge',
  summary: 'Progress of an upload or crawl',
  description: 'Events: `progress` with the job whenever it moved on, then `end` with the job as it ended.',
  credential: 'knowledge',
  input: z.object({ params: jobParams }),
  output: jobAnswer,
  failures: ['job_unknown'],
  events: 'on-accept',
  handle: (gateway) => async (input, exchange) => {
    const ref = { domain_id: exchange.caller.domain.domain_id, job_id: input.params.job_id };
    const { job } = await gateway.bus.ask(getJob, ref, exchange.call());
    if (!wantsEvents(exchange.request)) return job;
    await streamJob(gateway, exchange, job);
    return answered;
  },
});

const cancelJobRoute = route({
  method: 'post',
  path: '/knowledge/jobs/:job_id/cancel',
  tag: 'knowledge',
  summary: 'Cancel a job',
  description: 'What answers do not rest on yet is dropped; a removal is owed and cannot be cancelled.',
  credential: 'knowledge',
  input: z.object({ params: jobParams }),
  output: jobAnswer,
  failures: ['job_unknown', 'job_ended', 'conflict'],
  handle:
    ({ bus }) =>
    async ({ params }, { caller, call }) => {
      const { job } = await bus.ask(cancelJob, { domain_id: caller.domain.domain_id, job_id: params.job_id }, call());
      return job;
    },
});

const retryJobRoute = route({
  method: 'post',
  path: '/knowledge/jobs/:job_id/retry',
  tag: 'knowledge',
  summary: 'Try again what failed',
  description: 'All of it without a body; one document by `document_id`, or one page of a crawl by `url`.',
  credential: 'knowledge',
  input: z.object({ params: jobParams, body: retryJobBody }),
  output: startedJobAnswer,
  failures: ['job_unknown', 'document_unknown', 'conflict'],
  handle:
    ({ bus }) =>
    async ({ params, body }, { caller, call }) => {
      const ref = { domain_id: caller.domain.domain_id, job_id: params.job_id };
      const { job_id } = await bus.ask(retryJob, { ...ref, ...body }, call());
      return { success: true as const, message: `Being tried again; follow GET /knowledge/jobs/${job_id}`, job_id };
    },
});

const listJobsRoute = route({
  method: 'get',
  path: '/knowledge/jobs',
  tag: 'knowledge',
  summary: 'Uploads, crawls and removals, newest first',
  credential: 'knowledge',
  input: z.object({ query: pageQuery }),
  output: listJobsAnswer,
  handle:
    ({ bus }) =>
    ({ query }, { caller, call }) =>
      bus.ask(listJobs, { ...query, domain_id: caller.domain.domain_id }, call()),
});

const listJobItemsRoute = route({
  method: 'get',
  path: '/knowledge/jobs/:job_id/items',
  tag: 'knowledge',
  summary: 'All pages and documents of a job',
  description: 'In their order; those in one `state`, such as `failed`, when it is given.',
  credential: 'knowledge',
  input: z.object({ params: jobParams, query: jobItemsQuery }),
  output: jobItemsAnswer,
  failures: ['job_unknown'],
  handle:
    ({ bus }) =>
    ({ params, query }, { caller, call }) =>
      bus.ask(listJobItems, { ...query, ...params, domain_id: caller.domain.domain_id }, call()),
});

/** Uploads and crawls as work one can watch, stop and try again. */
export const jobRoutes: readonly Endpoint[] = [
  getJobRoute,
  listJobsRoute,
  listJobItemsRoute,
  cancelJobRoute,
  retryJobRoute,
];
