import { z } from 'zod';
import { uploadUrlAnswer, uploadUrlBody, waitQuery } from '../../../shared/contracts/http/crawls.ts';
import { chunkSize } from '../../../shared/contracts/http/fields.ts';
import { crawl, crawlDefaults } from '../uploads/crawl.ts';
import { idempotencyOf } from '../http/idempotency.ts';
import { route } from '../http/route.ts';

/** Starts a crawl and answers when it is accepted; with `?wait=true` when its pages are indexed, or after a minute. */
export const uploadUrlRoute = route({
  method: 'post',
  path: '/knowledge/upload/url',
  tag: 'knowledge',
  summary: 'Crawl a site',
  description:
    'Reads the site as its robots.txt allows, as far as `include` and `exclude` want it: patterns of addresses in which `*` is any run of characters, such as `/docs/*`. The start page is looked at for its links in any case. 202 with `success: false` when the caller waited a minute and the crawl is still going on.',
  credential: 'knowledge',
  input: z.object({ query: waitQuery, body: uploadUrlBody }),
  output: uploadUrlAnswer,
  failures: ['url_refused', 'page_unavailable'],
  isIdempotent: true,
  handle: (gateway) => async (input, exchange) => {
    const { url_to_scrape, chunk_size = chunkSize.default, include, exclude } = input.body;
    const { max_depth = crawlDefaults.depth, max_links = crawlDefaults.links } = input.body;
    const outcome = await crawl(gateway, exchange, {
      url: url_to_scrape,
      depth_max: max_depth,
      links_max: max_links,
      ...(include === undefined ? {} : { include }),
      ...(exclude === undefined ? {} : { exclude }),
      chunk_size,
      wait: input.query.wait,
      ...idempotencyOf(exchange.request, input.body),
    });
    return {
      success: outcome.success,
      message: outcome.message,
      status: outcome.status,
      pages_indexed: outcome.pages,
      details: {
        url_to_scrape,
        max_depth,
        max_links,
        chunk_size,
        chunking_strategy: 'fixed',
        knowledge_base_uuid: outcome.knowledgeBaseUuid,
        data_source_uuid: null,
        indexing_job_uuid: null,
        job_id: outcome.jobId,
        pages_indexed: outcome.pages,
      },
    };
  },
});
