import { z } from 'zod';

/** A durable message that no consumer will get again, with the reason. Kept for an operator to replay or discard. */
export const deadLetter = z.object({
  /** `dlq.<consumer>.<original subject>` */
  subject: z.string(),
  consumer: z.string(),
  original_subject: z.string(),
  reason: z.string(),
  attempts: z.number().int(),
  buried_at: z.iso.datetime(),
  /** The message as it came: JSON text, or whatever it was if it was none. */
  message: z.string(),
});
export type DeadLetter = z.infer<typeof deadLetter>;

type Burial = Pick<DeadLetter, 'consumer' | 'original_subject' | 'reason' | 'attempts' | 'message'>;

/** `nowMs` is milliseconds since the epoch. */
export const buried = (burial: Burial, nowMs: number): DeadLetter => ({
  subject: `dlq.${burial.consumer}.${burial.original_subject}`,
  buried_at: new Date(nowMs).toISOString(),
  ...burial,
});
