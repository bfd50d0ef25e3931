import { z } from 'zod';

/** RFC 9457, with a stable `code` for programs. `success` and `message` come on `/knowledge/*` and `/scrape*` only. */
export const problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    instance: z.string(),
    code: z.string(),
    request_id: z.string(),
    retry_after: z.int().optional(),
    errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
    success: z.literal(false).optional(),
    message: z.string().optional(),
  })
  .catchall(z.unknown());
export type Problem = z.infer<typeof problem>;
