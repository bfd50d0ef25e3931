import { z } from 'zod';
import type { messageView } from '../../../shared/contracts/chat.ts';
import type { Transaction } from '../../../shared/db/client.ts';
import type { Owe } from '../../../shared/outbox/outbox.ts';
import { evidenceSchema } from '../evidence.ts';

type MessageView = z.infer<typeof messageView>;

const role = z.enum(['user', 'assistant']);

/** The newest `limit` messages of a session, oldest first, and how many there are. */
export const readHistory = async (
  client: Transaction,
  sessionId: string,
  limit: number,
): Promise<{ readonly messages: MessageView[]; readonly total: number }> => {
  const [rows, total] = await Promise.all([
    client.message.findMany({ where: { sessionId }, orderBy: { position: 'desc' }, take: limit }),
    client.message.count({ where: { sessionId } }),
  ]);
  const messages = rows.toReversed().map((row) => {
    const evidence = row.evidence === null ? { citations: [], degraded: [] } : evidenceSchema.parse(row.evidence);
    return {
      id: row.id,
      session_id: row.sessionId,
      user_id: row.userId,
      role: role.parse(row.role),
      content: row.content,
      citations: evidence.citations,
      degraded: evidence.degraded,
      created_at: row.createdAt.toISOString(),
    };
  });
  return { messages, total };
};

export interface NewFeedback {
  readonly domainId: string;
  readonly sessionId: string;
  readonly messageId: string;
  readonly rating: string;
  readonly comment: string | undefined;
}

/** The last word on an answer counts. False when the message is no answer of this session in this domain. */
export const upsertFeedback = async (
  client: Transaction,
  feedback: NewFeedback,
  owed: ReturnType<Owe>,
): Promise<boolean> => {
  const rows = await client.$queryRaw<unknown[]>`
    with given as (
      insert into feedback (message_id, domain_id, session_id, rating, comment)
      select id, domain_id, session_id, ${feedback.rating}::text, ${feedback.comment ?? null}::text
      from conversation_history
      where id = ${feedback.messageId}::uuid and session_id = ${feedback.sessionId}::uuid
        and domain_id = ${feedback.domainId}::uuid and role = 'assistant'
      on conflict (message_id) do update set rating = excluded.rating, comment = excluded.comment, created_at = now()
      returning message_id
    ), owed as (${owed} from given)
    select message_id from given`;
  return rows.length > 0;
};
