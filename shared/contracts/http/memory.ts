import { z } from 'zod';
import { moment, text, userId } from '../common.ts';
import { factView, memoryView } from '../memory.ts';

export const memoryParams = z.object({ user_id: userId });
export const memoryQuery = z.object({ limit: z.coerce.number().int().min(1).max(500).default(100) });
export const memoriesAnswer = z.object({
  user_id: z.string(),
  memories: z.array(memoryView),
  facts: z.array(factView),
  total: z.int(),
});
/** Without either: all of the visitor. */
export const forgetQuery = z.object({ memory_id: z.uuid().optional(), session_id: z.uuid().optional() });
export const factParams = memoryParams.extend({ fact_id: z.uuid() });
export const correctFactBody = z.object({ value: text(260).min(1) });
export const factAnswer = z.object({ user_id: z.string(), fact: factView });
/** All that is kept, in a form that can be read in again: `schema` says which. */
export const memoryExport = memoriesAnswer.extend({ schema: z.literal('parley-memory-1'), exported_at: moment });
/** A receipt: how much was deleted here, and at which outside systems copies were deleted too. */
export const forgottenAnswer = z.object({
  user_id: z.string(),
  forgotten: z.int(),
  remote_copies: z.array(z.string()),
});
