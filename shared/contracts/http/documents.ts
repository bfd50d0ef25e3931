import { z } from 'zod';
import { pageOutput } from '../common.ts';
import { documentView } from '../knowledge.ts';
import { id } from './fields.ts';

export const documentParams = z.object({ document_id: id });
export const listDocumentsAnswer = z.object({ documents: z.array(documentView), ...pageOutput });
/** `preview` is the start of what the bot reads. */
export const documentAnswer = documentView.extend({ preview: z.string() });
/** The work goes on under `/knowledge/jobs/{job_id}`. */
export const documentJobAnswer = z.object({
  success: z.literal(true),
  message: z.string(),
  document_id: z.uuid(),
  job_id: z.uuid(),
});
