import { z } from 'zod';
import { text } from '../common.ts';
import { addSource, getRun, listRuns, listSources, runItem, sourceView, updateSource } from '../knowledge-sources.ts';
import { chunkSize, id, optionalCount, pageQuery } from './fields.ts';

/** How often: a word, or minutes. */
const schedule = z
  .union([
    z.enum(['hourly', 'daily', 'weekly']).transform((word) => ({ hourly: 60, daily: 1_440, weekly: 10_080 })[word]),
    z.int().min(15).max(43_200),
  ])
  .optional();

const { include, exclude } = updateSource.input.shape;
const reach = { max_depth: optionalCount(1, 10), max_pages: optionalCount(1, 10_000), include, exclude };

/** `kind` is `page`, which leads to others, or `sitemap`. `schedule` is hourly, daily, weekly or minutes; daily without. */
export const addSourceBody = z.object({
  url: text(2000).min(1),
  kind: addSource.input.shape.kind.optional(),
  schedule,
  ...reach,
  chunk_size: optionalCount(chunkSize.min, chunkSize.max),
});
export const updateSourceBody = z.object({ schedule, ...reach });
export const sourceParams = z.object({ source_id: id });
export const runParams = z.object({ source_id: id, job_id: id });
export const runQuery = pageQuery.extend({ change: runItem.shape.change.optional() });
export const removeSourceQuery = z.object({ keep_pages: z.stringbool().default(false) });

export const sourceAnswer = sourceView;
export const listSourcesAnswer = listSources.output;
export const listRunsAnswer = listRuns.output;
export const runAnswer = getRun.output;
export const startedRunAnswer = z.object({ success: z.literal(true), message: z.string(), job_id: z.uuid() });
export const removedSourceAnswer = z.object({ success: z.literal(true), message: z.string() });
