import { getJob, startCrawl, type JobView } from '../../../shared/contracts/knowledge.ts';
import { isCode } from '../../../shared/errors/codes.ts';
import { Failure } from '../../../shared/errors/failure.ts';
import type { Gateway } from '../gateway.ts';
import type { Idempotency } from '../http/idempotency.ts';
import type { Exchange } from '../http/route.ts';

export const crawlDefaults = { depth: 2, links: 20 } as const;

interface CrawlRequest {
  readonly url: string;
  readonly depth_max: number;
  readonly links_max: number;
  readonly include?: string[];
  readonly exclude?: string[];
  readonly chunk_size: number;
  readonly wait: boolean;
  readonly idempotency?: Idempotency;
}

export interface CrawlOutcome {
  readonly success: boolean;
  readonly message: string;
  readonly status: string;
  readonly pages: number;
  readonly jobId: string;
  readonly knowledgeBaseUuid: string | null;
}

const waitMs = 60_000;
const pollMs = 500;

/**
 * Starts a crawl and, when asked to, waits for its end. A wait that ran out is never a success: 202 and how far it got.
 * A crawl that failed is thrown as the failure it ended with.
 */
export const crawl = async (
  gateway: Gateway,
  exchange: Exchange<'knowledge'>,
  { wait, ...request }: CrawlRequest,
): Promise<CrawlOutcome> => {
  const { domain_id } = exchange.caller.domain;
  const { job_id, knowledge_base_uuid } = await gateway.bus.ask(startCrawl, { domain_id, ...request }, exchange.call());
  const known = { jobId: job_id, knowledgeBaseUuid: knowledge_base_uuid };
  const follow = `follow GET /knowledge/jobs/${job_id}`;
  if (!wait)
    return { ...known, success: true, message: `The crawl is accepted; ${follow}`, status: 'accepted', pages: 0 };
  const job = await waitForEnd(gateway, exchange, job_id);
  const pages = (job.counts['indexed'] ?? 0) + (job.counts['unchanged'] ?? 0);
  const ended = { ...known, status: job.phase, pages };
  if (job.phase === 'done') return { ...ended, success: true, message: `${pages} pages are indexed` };
  if (job.phase === 'failed' || job.phase === 'cancelled') throw endedBadly(job);
  exchange.response.status(202);
  return { ...ended, success: false, message: `The crawl is still going on; ${follow}` };
};

const waitForEnd = async (
  { bus, clock }: Gateway,
  exchange: Exchange<'knowledge'>,
  jobId: string,
): Promise<JobView> => {
  const ref = { domain_id: exchange.caller.domain.domain_id, job_id: jobId };
  const until = clock.now() + waitMs;
  for (;;) {
    const { job } = await bus.ask(getJob, ref, exchange.call());
    if (isEnded(job) || clock.now() >= until || exchange.response.destroyed) return job;
    await clock.sleep(pollMs);
  }
};

/** Whether nothing will change any more. */
export const isEnded = ({ phase }: JobView): boolean => phase === 'done' || phase === 'failed' || phase === 'cancelled';

const endedBadly = ({ id, phase, done, error }: JobView): Failure => {
  const known =
    error !== null && isCode(error.code) ? error.code : phase === 'cancelled' ? 'conflict' : 'page_unavailable';
  return new Failure(known, {
    detail: error?.message ?? `The crawl ended as ${phase}`,
    extensions: { job_id: id, pages_indexed: done, job_status: phase },
  });
};
