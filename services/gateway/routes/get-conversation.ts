import { z } from 'zod';
import { getConversation } from '../../../shared/contracts/chat.ts';
import { conversationAnswer, sessionParams, sessionQuery } from '../../../shared/contracts/http/sessions.ts';
import { route, type Endpoint } from '../http/route.ts';
import { requiredUser } from './session-view.ts';

/** Oldest message first. Another visitor's conversation is as unknown as a missing one. */
const conversationAt = (path: string): Endpoint =>
  route({
    method: 'get',
    path,
    tag: 'conversation',
    summary: 'Read a conversation',
    credential: 'visitor',
    input: z.object({ params: sessionParams, query: sessionQuery }),
    output: conversationAnswer,
    failures: ['session_unknown'],
    handle:
      ({ bus }) =>
      async ({ params, query }, { caller, call }) => {
        const { session, messages, total_messages } = await bus.ask(
          getConversation,
          {
            domain_id: caller.domain.domain_id,
            session_id: params.session_id,
            user_id: requiredUser(caller, query.user_id),
          },
          call(),
        );
        return { session_id: session.session_id, user_id: session.user_id, messages, total_messages };
      },
  });

/** The same under both of its inherited addresses. */
export const conversationRoutes: readonly Endpoint[] = [
  conversationAt('/conversations/:session_id'),
  conversationAt('/sessions/:session_id/conversations'),
];
