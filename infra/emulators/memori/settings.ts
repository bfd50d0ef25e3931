import { z } from 'zod';
import { changesTo } from '../support/settings-changes.ts';

/** What can be changed while the emulator runs, by POST `/__emulator/settings`. */
export const settingsSchema = z.strictObject({
  /** Refuses and records what the contract does not have. */
  strict: z.boolean().default(true),
  /** Keys that are refused with 401; so is every key that holds the word `invalid`. */
  invalid_keys: z.array(z.string()).max(1000).default([]),
  /** Keys that validation answers with 200 and `valid: false`; so is every key that holds the word `revoked`. */
  revoked_keys: z.array(z.string()).max(1000).default([]),
  /** From an augmentation until its facts can be recalled. */
  augmentation_ms: z.number().int().min(0).max(3_600_000).default(0),
  /** Under which name, or how, recalled facts are sent: clients must read them all. */
  recall_shape: z.enum(['facts', 'results', 'memories', 'data', 'list', 'strings']).default('facts'),
  /** What `sdk/quota` tells. */
  memories_max: z.number().int().min(0).default(5000),
});
export type Settings = z.infer<typeof settingsSchema>;

/** The settings after some changes; throws a ZodError when they are wrong. */
export const changedSettings = changesTo(settingsSchema);
