import { z } from 'zod';
import { outsideSettings } from '../../shared/http/settings.ts';
import { milliseconds } from '../../shared/runtime/config.ts';

/** Settings of the memory service; `.env.example` explains each. */
export const memorySettings = z.object({
  /** Hosted Memori, used only for domains that brought a key of their own. */
  MEMORI_BASE_URL: z.url().default('https://memori-api-89r6e.ondigitalocean.app'),
  MEMORI_VALIDATE_URL: z.url().default('https://jufrooeskbcpbtlaxvws.supabase.co/functions/v1/validate-api-key'),
  /** Of the time that a reply has for recall; what it does not give in this time is left out. */
  MEMORI_RECALL_TIMEOUT_MS: milliseconds.default(700),
  MEMORI_SEND_TIMEOUT_MS: milliseconds.default(10_000),
  MEMORI_VALIDATE_TIMEOUT_MS: milliseconds.default(10_000),
  /** How often the write-behind looks for what is due. */
  MEMORI_POLL_MS: milliseconds.min(50).default(2_000),
  ...outsideSettings,
});
export type MemorySettings = z.infer<typeof memorySettings>;
