import { getJob, type JobView } from '../../../shared/contracts/knowledge.ts';
import { toFailure } from '../../../shared/errors/failure.ts';
import type { Gateway } from '../gateway.ts';
import { contextOf } from '../http/exchange.ts';
import { problemOf } from '../http/problem.ts';
import type { Exchange } from '../http/route.ts';
import { isEnded } from '../uploads/crawl.ts';
import { openEventStream } from './event-stream.ts';

const rereadMs = 2_000;
/** A document has several steps close together; one look serves them all. */
const settleMs = 50;

/**
 * Sends a job whenever it moved on: read again when an event names the domain's knowledge, and every two seconds whatever
 * the bus says. Ends with the job.
 */
export const streamJob = async (gateway: Gateway, exchange: Exchange<'knowledge'>, first: JobView): Promise<void> => {
  const { bus, streams } = gateway;
  const { request, response, call, leavePlaces } = exchange;
  const stream = openEventStream(response, streams, 'live');
  leavePlaces();
  const news = listenForNews(gateway, first.domain_id, stream.signal);
  const ref = { domain_id: first.domain_id, job_id: first.id };
  let sent = 0;
  let last = '';
  try {
    for (let job = first; !stream.signal.aborted; job = (await bus.ask(getJob, ref, call())).job) {
      const text = JSON.stringify(job);
      const event = isEnded(job) ? 'end' : 'progress';
      if (text !== last) stream.send({ event, id: `${job.id}:${++sent}`, data: job });
      last = text;
      if (isEnded(job)) break;
      await news.wait();
    }
  } catch (thrown) {
    if (!response.headersSent) throw thrown;
    const place = { requestId: contextOf(request).requestId, path: request.path };
    stream.send({ event: 'error', data: problemOf(toFailure(thrown), place) });
  }
  stream.end();
};

interface News {
  /** Resolves a moment after the next news, or after two seconds, or when the signal aborts. */
  readonly wait: () => Promise<void>;
}

const listenForNews = ({ bus, clock, logger }: Gateway, domainId: string, signal: AbortSignal): News => {
  let wake = new AbortController();
  const listen = async (): Promise<void> => {
    for await (const { envelope } of bus.watch({ domainId, signal })) {
      if (/^(Job|Document|Crawl|Kb)/.test(envelope.name)) wake.abort();
    }
  };
  // Without news the job is still read every two seconds.
  listen().catch((thrown: unknown) => logger.debug({ err: thrown }, 'job news not heard'));
  return {
    wait: async () => {
      await clock.sleep(rereadMs, AbortSignal.any([wake.signal, signal]));
      if (signal.aborted) return;
      if (wake.signal.aborted) await clock.sleep(settleMs, signal);
      wake = new AbortController();
    },
  };
};
