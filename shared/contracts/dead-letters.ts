import { z } from 'zod';
import { moment, pageInput } from './common.ts';
import { operationalQuery, storingOwners, type StoringOwner } from './message.ts';

/** A durable message that was given up, as a list shows it: without a word of what it says. */
export const deadLetterView = z.object({
  id: z.uuid(),
  owner: z.enum(storingOwners),
  /** Whose handler failed, and on which message. */
  consumer: z.string(),
  subject: z.string(),
  /** Null when the message could not be read; then it can only be discarded. */
  message_id: z.uuid().nullable(),
  domain_id: z.uuid().nullable(),
  reason: z.string(),
  attempts: z.number().int(),
  state: z.enum(['dead', 'requested', 'replaying']),
  buried_at: moment,
});

/** `message` may hold what a visitor said. */
export const deadLetterDetail = deadLetterView.extend({ message: z.string() });

const reference = z.object({ id: z.uuid() });

/** What every storing owner answers about its dead letters; `not_found` for another owner's. */
const queriesOf = (owner: StoringOwner) => ({
  /** Newest first. Each one's `cursor` leads to what comes after it, whoever owns that. */
  list: operationalQuery(
    owner,
    'list-dead-letters',
    pageInput.extend({ domain_id: z.uuid().optional() }),
    z.object({
      dead_letters: z.array(deadLetterView.extend({ cursor: z.string() })),
      total: z.number().int(),
      has_more: z.boolean(),
    }),
  ),
  get: operationalQuery(owner, 'get-dead-letter', reference, deadLetterDetail),
  /** The handler runs soon, in the background. Throws `conflict` for what cannot be read. */
  replay: operationalQuery(owner, 'replay-dead-letter', reference, deadLetterView),
  /** Gone for good. Throws `conflict` while a replay runs. */
  discard: operationalQuery(owner, 'discard-dead-letter', reference, deadLetterView),
});

export const deadLetterQueries = {
  provisioning: queriesOf('provisioning'),
  knowledge: queriesOf('knowledge'),
  chat: queriesOf('chat'),
  memory: queriesOf('memory'),
} as const satisfies Record<StoringOwner, ReturnType<typeof queriesOf>>;
