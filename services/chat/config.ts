import { z } from 'zod';
import { outsideSettings } from '../../shared/http/settings.ts';
import { milliseconds } from '../../shared/runtime/config.ts';

/** Settings of the chat service; `.env.example` explains each. */
export const chatSettings = z.object({
  /** A turn as a whole, from its first frame to its last. */
  ASK_TIMEOUT_MS: milliseconds.default(90_000),
  /** Silence after which the visitor gets what the documents say instead. */
  ASK_FIRST_TOKEN_TIMEOUT_MS: milliseconds.default(10_000),
  ASK_IDLE_TIMEOUT_MS: milliseconds.default(10_000),
  /** How long a turn is left alone after its process fell silent; renewed three times within it. */
  ASK_LEASE_MS: milliseconds.min(300).default(10_000),
  /** For what our own search finds when the agent is down. */
  ASK_SEARCH_TIMEOUT_MS: milliseconds.default(2_500),
  /** Answers being written at once, in this process and of one domain. */
  ASK_CONCURRENCY_MAX: z.coerce.number().int().min(1).default(128),
  ASK_DOMAIN_CONCURRENCY_MAX: z.coerce.number().int().min(1).default(64),
  ASK_HISTORY_TOKENS_MAX: z.coerce.number().int().min(0).max(20_000).default(1_500),
  RECALL_TIMEOUT_MS: milliseconds.default(800),
  RECALL_TOKENS_MAX: z.coerce.number().int().min(50).max(2_000).default(700),
  /** How long the agent's endpoint and key are remembered when no event says that they changed. */
  AGENT_ACCESS_TTL_MS: milliseconds.default(300_000),
  /** How much longer they serve while provisioning does not answer. */
  AGENT_ACCESS_STALE_MS: milliseconds.default(3_600_000),
  ...outsideSettings,
});
export type ChatSettings = z.infer<typeof chatSettings>;
