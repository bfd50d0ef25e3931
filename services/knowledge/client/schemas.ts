import { z } from 'zod';
import { paging } from '../../../shared/gradient/every-page.ts';

// Read leniently: the cloud's contract requires no field at all (its OpenAPI file has no `required` list), so each is
// optional here and its absence is judged where it matters.

export const knowledgeBaseObject = z.object({
  uuid: z.string().optional(),
  name: z.string().optional(),
  database_id: z.string().optional(),
  created_at: z.string().optional(),
  last_indexing_job: z.object({ uuid: z.string().optional() }).optional(),
});

export const knowledgeBaseAnswer = z.object({
  knowledge_base: knowledgeBaseObject.optional(),
  database_status: z.string().optional(),
});

export const knowledgeBasesPage = z.object({ knowledge_bases: z.array(knowledgeBaseObject).default([]), ...paging });

export const dataSourcesPage = z.object({
  knowledge_base_data_sources: z
    .array(
      z.object({
        uuid: z.string().optional(),
        file_upload_data_source: z.object({ original_file_name: z.string().optional() }).nullish(),
      }),
    )
    .default([]),
  ...paging,
});

export const presignedAnswer = z.object({
  uploads: z
    .array(
      z.object({
        object_key: z.string().optional(),
        original_file_name: z.string().optional(),
        presigned_url: z.string().optional(),
      }),
    )
    .default([]),
});

export const jobAnswer = z.object({
  job: z
    .object({ uuid: z.string().optional(), phase: z.string().optional(), status: z.string().optional() })
    .optional(),
});

export const jobSourcesAnswer = z.object({
  indexed_data_sources: z
    .array(
      z.object({
        data_source_uuid: z.string().optional(),
        status: z.string().optional(),
        error_msg: z.string().optional(),
      }),
    )
    .default([]),
});

export const modelsPage = z.object({ models: z.array(z.object({ uuid: z.string().optional() })).default([]) });
