import { z } from 'zod';
import { text } from '../common.ts';
import { documentState } from '../knowledge.ts';
import { chunkSize, optionalText } from './fields.ts';

const chunkSizeField = z
  .int()
  .min(chunkSize.min)
  .max(chunkSize.max)
  .nullish()
  .transform((value) => value ?? chunkSize.default);

/** The text fields beside `file`; a form has only strings. */
export const uploadFileFields = z.object({
  website_url: optionalText(2000),
  chunk_size: z
    .literal('')
    .transform(() => chunkSize.default)
    .or(z.coerce.number().int().min(chunkSize.min).max(chunkSize.max))
    .default(chunkSize.default),
  use_semantic: z
    .literal('')
    .transform(() => false)
    .or(z.stringbool())
    .default(false),
  custom_name: optionalText(300),
});

/** 262,144 characters: larger texts go up as a file. */
export const uploadTextBody = z.object({
  text_content: text(262_144).refine((value) => value.trim() !== '', 'must not be empty'),
  document_name: text(300).min(1),
  website_url: optionalText(2000),
  chunk_size: chunkSizeField,
  use_semantic: z
    .boolean()
    .nullish()
    .transform((value) => value ?? false),
});

const ingested = z.object({
  chunk_size: z.int(),
  chunking_strategy: z.string(),
  knowledge_base_uuid: z.string().nullable(),
  data_source_uuid: z.string().nullable(),
  indexing_job_uuid: z.string().nullable(),
  document_id: z.uuid(),
  job_id: z.uuid(),
  version: z.int(),
  unchanged: z.boolean(),
  state: documentState,
});

const success = z.object({ success: z.literal(true), message: z.string() });

export const uploadFileAnswer = success.extend({
  details: ingested.extend({ filename: z.string(), file_type: z.string(), file_size: z.int() }),
});

export const uploadTextAnswer = success.extend({
  details: ingested.extend({ document_name: z.string(), file_type: z.string(), text_size: z.int() }),
});

export const supportedTypesAnswer = z.object({
  supported_types: z.array(z.string()),
  descriptions: z.record(z.string(), z.string()),
  extensions: z.record(z.string(), z.array(z.string())),
  additional_sources: z.array(z.string()),
  upload_bytes_max: z.int(),
  registered_domain: z.string(),
  website_url: z.string(),
});
