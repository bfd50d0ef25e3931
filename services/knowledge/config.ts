import { z } from 'zod';
import { commaList, milliseconds } from '../../shared/runtime/config.ts';

/** Settings of the knowledge service; `.env.example` explains each. */
export const knowledgeSettings = z.object({
  NODE_ENV: z.enum(['development', 'production', 'test']).default('development'),
  DIGITALOCEAN_TOKEN: z.string().default('emulated'),
  DIGITALOCEAN_PROJECT_ID: z.string().optional(),
  DIGITALOCEAN_EMBEDDING_MODEL_ID: z.string().optional(),
  DIGITALOCEAN_REGION: z.string().default('tor1'),
  /** The start of every base's name; the cloud takes 32 characters in all, so this has at most 13. */
  DIGITALOCEAN_KNOWLEDGE_BASE_NAME: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,12}$/)
    .default('website-kb'),
  GRADIENT_BASE_URL: z.url().default('https://api.digitalocean.com/v2/gen-ai'),
  GRADIENT_SETTLE_MS: milliseconds.default(90_000),
  KNOWLEDGE_POLL_MIN_MS: milliseconds.default(300),
  KNOWLEDGE_POLL_MAX_MS: milliseconds.default(15_000),
  CRAWL_ALLOW_HOSTS: commaList.default([]),
  CRAWL_TIMEOUT_MS: milliseconds.default(240_000),
  EXTRACT_TIMEOUT_MS: milliseconds.default(20_000),
});
export type KnowledgeSettings = z.infer<typeof knowledgeSettings>;
