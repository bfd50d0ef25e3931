import { z } from 'zod';
import { paging } from '../../../shared/gradient/every-page.ts';
import { count, listOf, word } from '../../../shared/gradient/lenient.ts';

// Read leniently: the cloud's contract requires no field at all (its OpenAPI file has no `required` list), so each may be
// absent or null here, and its absence is judged where it matters.

export const knowledgeBaseObject = z.object({
  uuid: word,
  name: word,
  database_id: word,
  created_at: word,
  tags: z.array(z.string()).nullish().catch(null),
  last_indexing_job: z.object({ uuid: word }).nullish().catch(null),
});

export const knowledgeBaseAnswer = z.object({
  knowledge_base: knowledgeBaseObject.nullish(),
  database_status: word,
});

export const knowledgeBasesPage = z.object({ knowledge_bases: listOf(knowledgeBaseObject), ...paging });

export const dataSourcesPage = z.object({
  knowledge_base_data_sources: listOf(
    z.object({ uuid: word, file_upload_data_source: z.object({ original_file_name: word }).nullish().catch(null) }),
  ),
  ...paging,
});

export const presignedAnswer = z.object({
  uploads: listOf(z.object({ object_key: word, presigned_url: word })),
});

export const jobAnswer = z.object({ job: z.object({ uuid: word, phase: word }).nullish() });

export const jobSource = z.object({
  data_source_uuid: word,
  status: word,
  error_msg: word,
  error_details: word,
  indexed_item_count: count,
  failed_item_count: count,
});

export const jobSourcesAnswer = z.object({ indexed_data_sources: listOf(jobSource) });

export const modelsPage = z.object({ models: listOf(z.object({ uuid: word })), ...paging });
