import { z } from 'zod';
import { domainRef, pageInput, pageOutput, text } from './common.ts';
import { jobItem, jobView } from './knowledge.ts';
import { query } from './message.ts';

const jobRef = domainRef.extend({ job_id: z.uuid() });

/** What people have started, newest first, without the items. What the house does by itself is not listed. */
export const listJobs = query(
  'knowledge',
  'list-jobs',
  domainRef.extend(pageInput.shape),
  z.object({ jobs: z.array(jobView.omit({ items: true })), ...pageOutput }),
);

/** All items of a job in their order, or those in one state. */
export const listJobItems = query(
  'knowledge',
  'list-job-items',
  jobRef.extend({ ...pageInput.shape, state: text(16).optional() }),
  z.object({ items: z.array(jobItem), ...pageOutput }),
);

/**
 * Tries again what failed in a job, all or one: a document by its id, a page by its address. A job of its own does it.
 * Throws `document_unknown` when that is none of the job's, `conflict` when it has not failed.
 */
export const retryJob = query(
  'knowledge',
  'retry-job',
  jobRef.extend({ document_id: z.uuid().optional(), url: text(2000).optional() }),
  z.object({ job_id: z.uuid() }),
);
