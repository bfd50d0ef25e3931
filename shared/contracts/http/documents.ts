import { z } from 'zod';
import { pageOutput } from '../common.ts';
import { documentView, readDocument, versionView } from '../knowledge.ts';
import { id } from './fields.ts';

export const documentParams = z.object({ document_id: id });
export const listDocumentsAnswer = z.object({ documents: z.array(documentView), ...pageOutput });
/** `preview` is the start of what the bot reads. */
export const documentAnswer = documentView.extend({ preview: z.string(), versions: z.array(versionView) });
/** Which part of a document's text, in characters. */
export const documentTextQuery = z.object({
  offset: z.coerce.number().int().min(0).max(1_000_000_000).default(0),
  limit: z.coerce.number().int().min(1).max(20_000).default(4_000),
  version: z.coerce.number().int().min(1).max(1_000_000_000).optional(),
});
export const documentTextAnswer = readDocument.output;
/** `kept_in_snapshots`: names of those that keep the text until they are removed themselves. */
export const removeDocumentAnswer = z.object({
  success: z.literal(true),
  message: z.string(),
  document_id: z.uuid(),
  job_id: z.uuid(),
  kept_in_snapshots: z.array(z.string()),
});
/** The work goes on under `/knowledge/jobs/{job_id}`. */
export const documentJobAnswer = z.object({
  success: z.literal(true),
  message: z.string(),
  document_id: z.uuid(),
  job_id: z.uuid(),
});
