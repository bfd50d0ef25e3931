import { z } from 'zod';
import { scrapeAnswer, scrapeBody, waitQuery } from '../../../shared/contracts/http/crawls.ts';
import { crawl, crawlDefaults } from '../uploads/crawl.ts';
import { chunkSize } from '../../../shared/contracts/http/fields.ts';
import { idempotencyOf } from '../http/idempotency.ts';
import { route, type Endpoint } from '../http/route.ts';

/** The original's older way to start a crawl. */
const scrapeAt = (path: string): Endpoint =>
  route({
    method: 'post',
    path,
    tag: 'knowledge',
    summary: 'Crawl a site (older form)',
    credential: 'knowledge',
    input: z.object({ query: waitQuery, body: scrapeBody }),
    output: scrapeAnswer,
    failures: ['url_refused', 'page_unavailable'],
    isIdempotent: true,
    handle: (gateway) => async (input, exchange) => {
      const { website_url, max_depth, depth, max_links, max_pages } = input.body;
      const outcome = await crawl(gateway, exchange, {
        url: website_url,
        depth_max: max_depth ?? depth ?? crawlDefaults.depth,
        links_max: max_links ?? max_pages ?? crawlDefaults.links,
        chunk_size: chunkSize.default,
        wait: input.query.wait,
        ...idempotencyOf(exchange.request, input.body),
      });
      const { success, message, status, pages, jobId } = outcome;
      return { success, pages_scraped: pages, message, website_url, job_id: jobId, status };
    },
  });

export const scrapeRoutes: readonly Endpoint[] = [scrapeAt('/scrape'), scrapeAt('/scrape-website')];
