import { z } from 'zod';

const message = z.strictObject({
  role: z.enum(['user', 'assistant', 'system', 'developer']),
  content: z.string(),
  id: z.string().optional(),
  sentTime: z.string().optional(),
});
export type ChatMessage = z.infer<typeof message>;

const openAiOnly = {
  tools: z.array(z.unknown()).optional(),
  tool_choice: z.unknown().optional(),
  n: z.number().int().optional(),
  seed: z.number().int().optional(),
  logprobs: z.boolean().optional(),
  top_logprobs: z.number().int().optional(),
  logit_bias: z.record(z.string(), z.number()).optional(),
  metadata: z.record(z.string(), z.unknown()).optional(),
  reasoning_effort: z.string().optional(),
  user: z.string().optional(),
};

/** What an agent's endpoint takes: the agent's own list and the platform's, together. */
export const chatBody = z.strictObject({
  model: z.string().optional(),
  messages: z.array(message).min(1).max(1000),
  stream: z.boolean().optional(),
  stream_options: z.strictObject({ include_usage: z.boolean().optional() }).optional(),
  temperature: z.number().min(0).max(2).optional(),
  top_p: z.number().min(0).max(1).optional(),
  frequency_penalty: z.number().min(-2).max(2).optional(),
  presence_penalty: z.number().min(-2).max(2).optional(),
  max_tokens: z.number().int().min(1).optional(),
  max_completion_tokens: z.number().int().min(256).optional(),
  stop: z.union([z.string(), z.array(z.string()).max(4)]).nullish(),
  k: z.number().int().min(0).max(100).optional(),
  retrieval_method: z.enum(['rewrite', 'step_back', 'sub_queries', 'none']).optional(),
  kb_filters: z.array(z.strictObject({ index: z.string(), path: z.string().optional() })).optional(),
  filter_kb_content_by_query_metadata: z.boolean().optional(),
  instruction_override: z.string().optional(),
  provide_citations: z.boolean().optional(),
  include_retrieval_info: z.boolean().optional(),
  include_functions_info: z.boolean().optional(),
  include_guardrails_info: z.boolean().optional(),
  ...openAiOnly,
});
export type ChatBody = z.infer<typeof chatBody>;
