import { z } from 'zod';
import { paging } from '../../../shared/gradient/every-page.ts';

// Read leniently: the cloud's contract requires no field at all (its OpenAPI file has no `required` list), so each may be
// absent or null here, and its absence is judged where it matters.

const word = z.string().nullish();
/** 64-bit numbers travel as strings, mostly. */
const counter = z.union([z.string(), z.number()]).nullish();

export const knowledgeBaseObject = z.object({
  uuid: word,
  name: word,
  database_id: word,
  created_at: word,
  tags: z.array(z.string()).nullish(),
  last_indexing_job: z.object({ uuid: word }).nullish(),
});

export const knowledgeBaseAnswer = z.object({
  knowledge_base: knowledgeBaseObject.nullish(),
  database_status: word,
});

export const knowledgeBasesPage = z.object({ knowledge_bases: z.array(knowledgeBaseObject).nullish(), ...paging });

export const dataSourcesPage = z.object({
  knowledge_base_data_sources: z
    .array(z.object({ uuid: word, file_upload_data_source: z.object({ original_file_name: word }).nullish() }))
    .nullish(),
  ...paging,
});

export const presignedAnswer = z.object({
  uploads: z.array(z.object({ object_key: word, presigned_url: word })).nullish(),
});

export const jobAnswer = z.object({ job: z.object({ uuid: word, phase: word }).nullish() });

export const jobSource = z.object({
  data_source_uuid: word,
  status: word,
  error_msg: word,
  error_details: word,
  indexed_item_count: counter,
  failed_item_count: counter,
});

export const jobSourcesAnswer = z.object({ indexed_data_sources: z.array(jobSource).nullish() });

export const modelsPage = z.object({ models: z.array(z.object({ uuid: word })).nullish(), ...paging });
