import { z } from 'zod';
import { changesTo } from '../support/settings-changes.ts';

const delay = z.number().int().min(0).max(3_600_000);
const limit = z.number().int().min(1).max(1_000_000_000);

/** What can be changed while the emulator runs, by POST `/__emulator/settings`. Milliseconds where named so. */
export const settingsSchema = z.strictObject({
  /** From creation of an agent until it answers; really 1 to 3 minutes. */
  deploy_ms: delay.default(1500),
  /** From creation of the first knowledge base until its database is online; really 5 to 10 minutes. */
  database_ms: delay.default(500),
  /** Length of an indexing job. */
  index_ms: delay.default(300),
  /** Between two words of a streamed answer. */
  token_ms: delay.default(0),
  /** Life of a presigned upload address. */
  upload_url_ms: delay.default(900_000),
  /** Refuses and records what the contract does not have; otherwise it is ignored as the cloud does. */
  strict: z.boolean().default(true),
  /** The next so many agents end in STATUS_FAILED. */
  fail_deployments: z.number().int().min(0).default(0),
  /** The next so many indexing jobs fail. */
  fail_indexing: z.number().int().min(0).default(0),
  /** Takes a `file_upload_data_source` for an existing knowledge base, which the contract does not have. */
  accept_file_sources: z.boolean().default(false),
  /** The first GET of a new indexing job answers 404. */
  job_hidden_once: z.boolean().default(false),
  /** Every retrieved item has the score -9549511700. */
  score_sentinel: z.boolean().default(false),
  /** A question that holds one of these is refused by a guardrail. */
  guardrail_phrases: z.array(z.string().min(1).max(200)).max(50).default([]),
  /** A list may be so old; how far the cloud's own lists lag is not known. */
  list_stale_ms: delay.default(0),
  rate_limit_per_hour: limit.default(5000),
  rate_limit_per_minute: limit.default(250),
  /** Off: the headers count, but nobody is refused. */
  rate_limit_enforced: z.boolean().default(false),
});
export type Settings = z.infer<typeof settingsSchema>;

/** The settings after some changes; throws a ZodError when they are wrong. */
export const changedSettings = changesTo(settingsSchema);
