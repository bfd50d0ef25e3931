import { z } from 'zod';
import { jobAnswer, jobParams } from '../../../shared/contracts/http/jobs.ts';
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
  description: 'What is not indexed yet is dropped.',
  credential: 'knowledge',
  input: z.object({ params: jobParams }),
  output: jobAnswer,
  failures: ['job_unknown', 'conflict'],
  handle:
    ({ bus }) =>
    async ({ params }, { caller, call }) => {
      const { job } = await bus.ask(cancelJob, { domain_id: caller.domain.domain_id, job_id: params.job_id }, call());
      return job;
    },
});

/** Uploads and crawls as work one can watch and stop. */
export const jobRoutes: readonly Endpoint[] = [getJobRoute, cancelJobRoute];
