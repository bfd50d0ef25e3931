import { z } from 'zod';
import { text } from '../common.ts';
import { pathPattern } from '../knowledge.ts';
import { chunkSize, optionalCount, optionalText } from './fields.ts';

const depth = optionalCount(1, 5);
const links = optionalCount(1, 100);
const patterns = z
  .array(pathPattern)
  .max(20)
  .nullish()
  .transform((value) => value ?? undefined);

/** `wait=true` holds the answer until the crawl is indexed, at most a minute. */
export const waitQuery = z.object({ wait: z.stringbool().default(false) });

/**
 * `include` and `exclude` are patterns of addresses in which `*` is any run of characters: `/docs/*`, `*.html`. With some to
 * include, only pages that fit one are read, besides the start page, which is looked at for its links.
 */
export const uploadUrlBody = z.object({
  url_to_scrape: text(2000).min(1),
  website_url: optionalText(2000),
  max_depth: depth,
  max_links: links,
  include: patterns,
  exclude: patterns,
  chunk_size: optionalCount(chunkSize.min, chunkSize.max),
});

/** `depth` and `max_pages` are older names of `max_depth` and `max_links`. */
export const scrapeBody = z.object({
  website_url: text(2000).min(1),
  max_depth: depth,
  depth,
  max_links: links,
  max_pages: links,
});

/** `success` is false while the pages are not all indexed yet although the caller wished to wait for it. */
export const uploadUrlAnswer = z.object({
  success: z.boolean(),
  message: z.string(),
  status: z.string(),
  pages_indexed: z.int(),
  details: z.object({
    url_to_scrape: z.string(),
    max_depth: z.int(),
    max_links: z.int(),
    chunk_size: z.int(),
    chunking_strategy: z.string(),
    knowledge_base_uuid: z.string().nullable(),
    data_source_uuid: z.string().nullable(),
    indexing_job_uuid: z.string().nullable(),
    job_id: z.uuid(),
    pages_indexed: z.int(),
  }),
});

export const scrapeAnswer = z.object({
  success: z.boolean(),
  pages_scraped: z.int(),
  message: z.string(),
  website_url: z.string(),
  job_id: z.uuid(),
  status: z.string(),
});
