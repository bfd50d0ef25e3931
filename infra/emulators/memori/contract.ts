import { z } from 'zod';

const word = z.string();
// Ids are 1 to 100 characters.
const id = z.string().min(1).max(100);

/** The chat API, inferred from the one client that is known. An empty content reads without storing. */
export const chatBody = z.strictObject({
  context: z.strictObject({ assistant_id: word.optional(), session_id: word.min(1), user_id: word.min(1) }),
  messages: z.array(z.strictObject({ role: z.literal('user'), content: word })).length(1),
  model: word.optional(),
  temperature: z.number().optional(),
});

const attribution = z.strictObject({
  entity: z.strictObject({ id }),
  // Python sends null when it is not set.
  process: z.strictObject({ id }).nullish(),
});
const session = z.strictObject({ id });
const role = z.enum(['user', 'assistant', 'system', 'tool', 'model']);

export const messagesBody = z.strictObject({
  attribution,
  messages: z
    .array(z.strictObject({ role, type: z.literal('text').optional(), text: word }))
    .min(1)
    .max(200),
  session,
});

export const recallBody = z.strictObject({
  attribution,
  query: word.min(1),
  session: session.optional(),
  limit: z.number().int().min(1).max(100).optional(),
});

export const augmentationBody = z.strictObject({
  conversation: z.strictObject({
    messages: z
      .array(z.strictObject({ role, content: word }))
      .min(1)
      .max(200),
    summary: word.nullish(),
  }),
  meta: z.looseObject({ attribution }),
  session: session.optional(),
});

export const accountBody = z.strictObject({ email: z.email() });
