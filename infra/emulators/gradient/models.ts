/** The models that the emulator pretends to offer. */
const models = [
  {
    uuid: '9e4f6c1a-2d55-4b0e-8a37-1c5a90f7d201',
    id: 'llama3.3-70b-instruct',
    name: 'Llama 3.3 Instruct (70B)',
    type: 'MODEL_TYPE_LLM',
    usecase: 'MODEL_USECASE_AGENT',
    contextWindow: '128000',
  },
  {
    uuid: '9e4f6c1a-2d55-4b0e-8a37-1c5a90f7d202',
    id: 'openai-gpt-oss-120b',
    name: 'OpenAI GPT-oss-120b',
    type: 'MODEL_TYPE_LLM',
    usecase: 'MODEL_USECASE_AGENT',
    contextWindow: '131072',
  },
  {
    uuid: '9e4f6c1a-2d55-4b0e-8a37-1c5a90f7d203',
    id: 'gte-large-en-v1.5',
    name: 'GTE Large EN v1.5',
    type: 'MODEL_TYPE_EMBEDDING',
    usecase: 'MODEL_USECASE_KNOWLEDGEBASE',
    contextWindow: '8192',
  },
] as const;

const createdAt = '2025-01-15T00:00:00Z';

/** Models for the given use cases, or all of them. The answer has no `usecases` field, as the platform's has none. */
export const modelViews = (usecases: readonly string[]): Record<string, unknown>[] =>
  models
    .filter(({ usecase }) => usecases.length === 0 || usecases.includes(usecase))
    .map(({ uuid, id, name, type, contextWindow }) => ({
      uuid,
      id,
      name,
      type,
      context_window: contextWindow,
      created_at: createdAt,
      updated_at: createdAt,
      is_foundational: true,
      lifecycle_status: 'active',
      model_availability: 'available',
      ...(type === 'MODEL_TYPE_EMBEDDING'
        ? { kb_min_chunk_size: 100, kb_default_chunk_size: 750, kb_max_chunk_size: 8192 }
        : {}),
    }));

/** The model of an agent, in the other schema that agents use. */
export const agentModelView = (uuid: string | undefined): Record<string, unknown> => {
  const model = models.find((each) => each.uuid === uuid);
  return {
    uuid,
    name: model?.name ?? 'Unknown model',
    inference_name: model?.id ?? 'unknown',
    usecases: ['MODEL_USECASE_AGENT'],
    is_foundational: true,
    created_at: createdAt,
    updated_at: createdAt,
  };
};

/** The name that an agent's answers carry. */
export const inferenceName = (uuid: string | undefined): string =>
  models.find((each) => each.uuid === uuid)?.id ?? 'llama3.3-70b-instruct';

export const regionViews = [
  {
    region: 'tor1',
    inference_url: 'https://inference.tor1.example',
    stream_inference_url: 'https://inference.tor1.example',
    serves_batch: true,
    serves_inference: true,
  },
];
