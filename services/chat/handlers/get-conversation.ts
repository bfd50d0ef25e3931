import type { Handler } from '../../../shared/bus/port.ts';
import type { getConversation } from '../../../shared/contracts/chat.ts';
import type { Deps } from '../deps.ts';
import { readHistory } from '../store/history.ts';
import { findSession } from '../store/sessions.ts';

/**
 * The newest `limit` messages of a session, oldest first; unanswered questions are among them. Throws `session_unknown`,
 * alike for a missing session, another domain's and another user's.
 */
export const handleGetConversation =
  ({ database }: Deps): Handler<typeof getConversation> =>
  async ({ domain_id, session_id, user_id, limit }) =>
    database.run(async (client) => {
      const session = await findSession(client, { domainId: domain_id, sessionId: session_id, userId: user_id });
      const { messages, total } = await readHistory(client, session_id, limit);
      return { session, messages, total_messages: total };
    });
