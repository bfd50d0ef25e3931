import { z } from 'zod';

// The request bodies of DigitalOcean's OpenAPI document, field by field; nothing that it does not list.
const tags = z.array(z.string());
const word = z.string();

export const chunkingAlgorithm = z.enum([
  'CHUNKING_ALGORITHM_UNKNOWN',
  'CHUNKING_ALGORITHM_SECTION_BASED',
  'CHUNKING_ALGORITHM_HIERARCHICAL',
  'CHUNKING_ALGORITHM_SEMANTIC',
  'CHUNKING_ALGORITHM_FIXED_LENGTH',
]);

export const chunkingOptions = z.strictObject({
  max_chunk_size: z.number().int().optional(),
  parent_chunk_size: z.number().int().optional(),
  child_chunk_size: z.number().int().optional(),
  semantic_threshold: z.number().min(0).max(1).optional(),
});

const mcpServers = z.array(
  z.strictObject({
    server_label: word.optional(),
    server_url: word.optional(),
    authorization: word.optional(),
    headers: z.record(word, z.unknown()).optional(),
    allowed_tools: z.array(word).optional(),
  }),
);

const agentProviders = {
  model_provider_key_uuid: word.optional(),
  model_router_uuid: word.optional(),
  router_preset_slug: word.optional(),
  open_ai_key_uuid: word.optional(),
  anthropic_key_uuid: word.optional(),
  reasoning_effort: word.optional(),
  thinking_token_budget: z.number().int().optional(),
  web_fetch_enabled: z.boolean().optional(),
  web_search_enabled: z.boolean().optional(),
  mcp_servers: mcpServers.optional(),
};

export const createAgentBody = z.strictObject({
  name: word.min(1),
  instruction: word.min(1),
  model_uuid: word.min(1),
  project_id: word.min(1),
  region: word.min(1),
  description: word.optional(),
  knowledge_base_uuid: z.array(word).optional(),
  tags: tags.optional(),
  workspace_uuid: word.optional(),
  ...agentProviders,
});

export const updateAgentBody = z.strictObject({
  uuid: word.optional(),
  name: word.optional(),
  instruction: word.optional(),
  description: word.optional(),
  model_uuid: word.optional(),
  project_id: word.optional(),
  tags: tags.optional(),
  temperature: z.number().min(0).max(1).optional(),
  top_p: z.number().min(0).max(1).optional(),
  // Documented as at most 512; recorded agents carry 2048.
  max_tokens: z.number().int().min(1).max(2048).optional(),
  k: z.number().int().min(0).max(100).optional(),
  retrieval_method: z
    .enum([
      'RETRIEVAL_METHOD_UNKNOWN',
      'RETRIEVAL_METHOD_REWRITE',
      'RETRIEVAL_METHOD_STEP_BACK',
      'RETRIEVAL_METHOD_SUB_QUERIES',
      'RETRIEVAL_METHOD_NONE',
    ])
    .optional(),
  provide_citations: z.boolean().optional(),
  conversation_logs_enabled: z.boolean().optional(),
  agent_log_insights_enabled: z.boolean().optional(),
  allowed_domains: z.array(word).optional(),
  clear_mcp_servers: z.boolean().optional(),
  ...agentProviders,
});

export const visibilityBody = z.strictObject({
  uuid: word.optional(),
  visibility: z.enum([
    'VISIBILITY_UNKNOWN',
    'VISIBILITY_DISABLED',
    'VISIBILITY_PLAYGROUND',
    'VISIBILITY_PUBLIC',
    'VISIBILITY_PRIVATE',
  ]),
});

export const createKeyBody = z.strictObject({ agent_uuid: word.optional(), name: word.min(1) });
export const updateKeyBody = z.strictObject({
  agent_uuid: word.optional(),
  api_key_uuid: word.optional(),
  name: word.min(1),
});

export const attachManyBody = z.strictObject({
  agent_uuid: word.optional(),
  knowledge_base_uuids: z.array(word).min(1),
});
// No body is declared; the seed project sends both ids, which is harmless.
export const attachOneBody = z.strictObject({ agent_uuid: word.optional(), knowledge_base_uuid: word.optional() });

export const webCrawlerSource = z.strictObject({
  base_url: word.min(1),
  crawling_option: z.enum(['UNKNOWN', 'SCOPED', 'PATH', 'DOMAIN', 'SUBDOMAINS', 'SITEMAP']).optional(),
  embed_media: z.boolean().optional(),
  exclude_tags: z.array(word).optional(),
});

export const fileUploadSource = z.strictObject({
  original_file_name: word.min(1),
  size_in_bytes: z.string().regex(/^\d+$/u).optional(),
  stored_object_key: word.min(1),
});

const spacesSource = z.strictObject({
  bucket_name: word.optional(),
  item_path: word.optional(),
  region: word.optional(),
});
const awsSource = spacesSource.extend({ key_id: word.optional(), secret_key: word.optional() });
const otherSource = z.record(word, z.unknown());

export const sourceKinds = [
  'web_crawler_data_source',
  'spaces_data_source',
  'file_upload_data_source',
  'aws_data_source',
  'dropbox_data_source',
  'google_drive_data_source',
] as const;

export const kbDataSource = z.strictObject({
  web_crawler_data_source: webCrawlerSource.optional(),
  spaces_data_source: spacesSource.optional(),
  file_upload_data_source: fileUploadSource.optional(),
  aws_data_source: awsSource.optional(),
  dropbox_data_source: otherSource.optional(),
  google_drive_data_source: otherSource.optional(),
  chunking_algorithm: chunkingAlgorithm.optional(),
  chunking_options: chunkingOptions.optional(),
  item_path: word.optional(),
  bucket_name: word.optional(),
  bucket_region: word.optional(),
});
export type KbDataSource = z.infer<typeof kbDataSource>;

const reranking = z.strictObject({ enabled: z.boolean().optional(), model: word.optional() });

export const createKnowledgeBaseBody = z.strictObject({
  name: word.min(1),
  embedding_model_uuid: word.optional(),
  project_id: word.optional(),
  region: word.optional(),
  tags: tags.optional(),
  database_id: word.optional(),
  vpc_uuid: word.optional(),
  size: z
    .enum([
      'OPEN_SEARCH_PLAN_SIZE_UNSPECIFIED',
      'OPEN_SEARCH_PLAN_SIZE_SMALL',
      'OPEN_SEARCH_PLAN_SIZE_MEDIUM',
      'OPEN_SEARCH_PLAN_SIZE_LARGE',
      'OPEN_SEARCH_PLAN_SIZE_EXTRA_LARGE',
    ])
    .optional(),
  reranking_config: reranking.optional(),
  datasources: z.array(kbDataSource).max(100).optional(),
});

export const updateKnowledgeBaseBody = z.strictObject({
  uuid: word.optional(),
  name: word.min(1).optional(),
  project_id: word.optional(),
  database_id: word.optional(),
  tags: tags.optional(),
  reranking_config: reranking.optional(),
});

export const addSourceBody = z.strictObject({
  knowledge_base_uuid: word.optional(),
  web_crawler_data_source: webCrawlerSource.optional(),
  spaces_data_source: spacesSource.optional(),
  aws_data_source: awsSource.optional(),
  chunking_algorithm: chunkingAlgorithm.optional(),
  chunking_options: chunkingOptions.optional(),
});
/** What the live service does with a file here is unknown; a switch takes it. */
export const addFileSourceBody = addSourceBody.extend({ file_upload_data_source: fileUploadSource.optional() });

export const updateSourceBody = z.strictObject({
  knowledge_base_uuid: word.optional(),
  data_source_uuid: word.optional(),
  chunking_algorithm: chunkingAlgorithm.optional(),
  chunking_options: chunkingOptions.optional(),
});

export const presignedUrlsBody = z.strictObject({
  files: z
    .array(
      z.strictObject({
        file_name: word.min(1),
        // A string by the schema, a number in the documentation's own sample.
        file_size: z.union([z.string().regex(/^\d+$/u), z.number().int().min(0)]).optional(),
      }),
    )
    .min(1)
    .max(99),
});

export const startJobBody = z.strictObject({
  knowledge_base_uuid: word.min(1),
  data_source_uuids: z.array(word).optional(),
});
export const cancelJobBody = z.strictObject({ uuid: word.optional() });

export const scheduleBody = z.strictObject({
  knowledge_base_uuid: word.min(1),
  time: z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/u),
  days: z.array(z.number().int().min(0).max(7)).min(1).max(7),
});

export const noBody = z.strictObject({});

export const retrieveBody = z.strictObject({
  query: z.string().min(1),
  num_results: z.number().int().min(0).max(100).optional(),
  alpha: z.number().min(0).max(1).optional(),
  reranking: z.strictObject({ enabled: z.boolean().optional() }).optional(),
  filters: z.record(word, z.unknown()).optional(),
});
