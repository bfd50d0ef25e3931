import { z } from 'zod';
import { userId } from '../common.ts';
import { memoryView } from '../memory.ts';

export const memoryParams = z.object({ user_id: userId });
export const memoryQuery = z.object({ limit: z.coerce.number().int().min(1).max(500).default(100) });
export const memoriesAnswer = z.object({ user_id: z.string(), memories: z.array(memoryView), total: z.int() });
/** A receipt: how much was deleted here, and at which outside systems copies were deleted too. */
export const forgottenAnswer = z.object({
  user_id: z.string(),
  forgotten: z.int(),
  remote_copies: z.array(z.string()),
});
