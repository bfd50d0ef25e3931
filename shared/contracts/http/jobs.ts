import { z } from 'zod';
import { listJobItems, listJobs } from '../knowledge-jobs.ts';
import { jobView } from '../knowledge.ts';
import { id, optionalText, pageQuery } from './fields.ts';

export const jobParams = z.object({ job_id: id });
export const jobAnswer = jobView;
export const listJobsAnswer = listJobs.output;
export const jobItemsQuery = pageQuery.extend({ state: z.string().max(16).optional() });
export const jobItemsAnswer = listJobItems.output;
/** Everything that failed without a body; else one document, or one page by its address. */
export const retryJobBody = z
  .object({ document_id: id.nullish().transform((value) => value ?? undefined), url: optionalText(2000) })
  .refine(({ document_id, url }) => document_id === undefined || url === undefined, 'give one of document_id and url');
/** The work goes on under `/knowledge/jobs/{job_id}`. */
export const startedJobAnswer = z.object({ success: z.literal(true), message: z.string(), job_id: z.uuid() });
