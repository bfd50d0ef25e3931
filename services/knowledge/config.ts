import { z } from 'zod';
import { loadGradientSettings, type GradientSettings } from '../../shared/gradient/settings.ts';
import { commaList, loadConfig, milliseconds, type Environment } from '../../shared/runtime/config.ts';

/** Settings of the knowledge service; `.env.example` explains each. */
const knowledgeSettings = z.object({
  DIGITALOCEAN_EMBEDDING_MODEL_ID: z.string().optional(),
  /** The start of every base's name; the cloud takes 32 characters in all, so this has at most 13. */
  DIGITALOCEAN_KNOWLEDGE_BASE_NAME: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,12}$/, 'must be 1 to 13 of a-z, 0-9 and dash')
    .default('website-kb'),
  KNOWLEDGE_POLL_MIN_MS: milliseconds.default(300),
  KNOWLEDGE_POLL_MAX_MS: milliseconds.default(15_000),
  KNOWLEDGE_LEASE_MS: milliseconds.min(1_000).default(120_000),
  KNOWLEDGE_BASES_MAX: z.coerce.number().int().min(1).max(100_000).default(120),
  KNOWLEDGE_CHECK_MS: milliseconds.default(3_600_000),
  CRAWL_ALLOW_HOSTS: commaList.default([]),
  CRAWL_TIMEOUT_MS: milliseconds.default(240_000),
  CRAWL_DELAY_MS: milliseconds.default(100),
  EXTRACT_TIMEOUT_MS: milliseconds.default(20_000),
  SEARCH_CHUNKS_MAX: z.coerce.number().int().min(100).max(20_000).default(4_000),
});

export interface KnowledgeConfig extends GradientSettings {
  readonly embeddingModelUuid: string | undefined;
  readonly baseNamePrefix: string;
  readonly pollMinMs: number;
  readonly pollMaxMs: number;
  /** How long a base is left alone after its process fell silent; longer than the longest stint of uploads. */
  readonly leaseMs: number;
  /** Bases that the account may have, by DigitalOcean's own limit. */
  readonly basesMax: number;
  /** Between two comparisons of an indexed base with the cloud, and two looks through it for orphans. */
  readonly checkMs: number;
  /** `host:port` items that the crawler may reach although they are private. */
  readonly crawlAllowHosts: readonly string[];
  /** What a crawl of up to a hundred pages may take; larger ones take so much for each hundred. */
  readonly crawlTimeoutMs: number;
  /** Between two requests to a host. */
  readonly crawlDelayMs: number;
  readonly extractTimeoutMs: number;
  /** Chunks that our own indexes hold in all. */
  readonly searchChunksMax: number;
}

/** Reads and checks the settings; throws ConfigError. */
export const loadKnowledgeConfig = (environment: Environment): KnowledgeConfig => {
  const settings = loadConfig(knowledgeSettings, environment);
  return {
    ...loadGradientSettings(environment),
    embeddingModelUuid: settings.DIGITALOCEAN_EMBEDDING_MODEL_ID,
    baseNamePrefix: settings.DIGITALOCEAN_KNOWLEDGE_BASE_NAME,
    pollMinMs: settings.KNOWLEDGE_POLL_MIN_MS,
    pollMaxMs: settings.KNOWLEDGE_POLL_MAX_MS,
    leaseMs: settings.KNOWLEDGE_LEASE_MS,
    basesMax: settings.KNOWLEDGE_BASES_MAX,
    checkMs: settings.KNOWLEDGE_CHECK_MS,
    crawlAllowHosts: settings.CRAWL_ALLOW_HOSTS,
    crawlTimeoutMs: settings.CRAWL_TIMEOUT_MS,
    crawlDelayMs: settings.CRAWL_DELAY_MS,
    extractTimeoutMs: settings.EXTRACT_TIMEOUT_MS,
    searchChunksMax: settings.SEARCH_CHUNKS_MAX,
  };
};
