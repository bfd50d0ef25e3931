import { startCrawl } from '../../../shared/contracts/knowledge.ts';
import type { Handler } from '../../../shared/bus/port.ts';
import type { Deps } from '../deps.ts';
import { insertStart } from '../store/crawl-items.ts';
import { insertJob } from '../store/jobs.ts';
import { holdDomain } from '../store/removals.ts';

/** Accepts a crawl when its address may be fetched at all; the crawl itself is a job. */
export const handleStartCrawl =
  (deps: Deps): Handler<typeof startCrawl> =>
  async (input) => {
    const url = deps.crawl.checkUrl(input.url);
    const answer = await deps.messaging.once(
      { scope: input.domain_id, idempotency: input.idempotency },
      startCrawl.output,
      async (tx) => {
        await holdDomain(tx, input.domain_id);
        const job_id = deps.clock.newId();
        await insertJob(tx, {
          id: job_id,
          domainId: input.domain_id,
          phase: 'accepted',
          request: {
            kind: 'crawl',
            url,
            depth_max: input.depth_max,
            links_max: input.links_max,
            include: input.include,
            exclude: input.exclude,
            starts_at: 'page',
            chunk_size: input.chunk_size,
            use_semantic: input.use_semantic,
          },
          total: 1,
          bytes: 0,
        });
        await insertStart(tx, job_id, { url, kind: 'page' });
        return { job_id, knowledge_base_uuid: null };
      },
    );
    deps.wakeJobs();
    return answer;
  };
