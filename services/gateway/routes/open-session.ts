import { z } from 'zod';
import { openSession } from '../../../shared/contracts/chat.ts';
import { openSessionAnswer, openSessionBody } from '../../../shared/contracts/http/sessions.ts';
import { idempotencyOf } from '../http/idempotency.ts';
import { route } from '../http/route.ts';
import { anonymous } from './session-view.ts';

/** Opens a conversation of one visitor with one domain; the server makes the id. */
export const openSessionRoute = route({
  method: 'post',
  path: '/session',
  tag: 'conversation',
  summary: 'Open a session',
  credential: 'visitor',
  input: z.object({ body: openSessionBody }),
  output: openSessionAnswer,
  isIdempotent: true,
  handle:
    ({ bus }) =>
    async ({ body }, { request, caller, call }) => {
      const { session } = await bus.ask(
        openSession,
        {
          domain_id: caller.domain.domain_id,
          user_id: body.user_id ?? anonymous,
          website_url: body.website_url,
          ...idempotencyOf(request, body),
        },
        call(),
      );
      const { session_id, user_id, created_at, website_url } = session;
      return { session_id, user_id, created_at, website_url };
    },
});
