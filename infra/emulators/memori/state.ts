import { z } from 'zod';

const memory = z.object({
  uuid: z.string(),
  /** Hash of the key that stored it. */
  owner: z.string(),
  entity: z.string(),
  session: z.string(),
  kind: z.enum(['message', 'fact']),
  role: z.string(),
  text: z.string(),
  at: z.number(),
  /** When it can be recalled. */
  visibleAt: z.number(),
});
export type Memory = z.infer<typeof memory>;

export const stateSchema = z.object({ memories: z.array(memory).default([]) });
export type State = z.infer<typeof stateSchema>;
