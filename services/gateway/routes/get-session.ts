import { z } from 'zod';
import { getSession } from '../../../shared/contracts/chat.ts';
import { sessionAnswer, sessionParams, sessionQuery } from '../../../shared/contracts/http/sessions.ts';
import { Failure } from '../../../shared/errors/failure.ts';
import { route } from '../http/route.ts';
import { requiredUser, toSessionAnswer } from './session-view.ts';

/** Another visitor's session, another domain's and a missing one are the same `session_unknown`. */
export const getSessionRoute = route({
  method: 'get',
  path: '/sessions/:session_id',
  tag: 'conversation',
  summary: 'Read a session',
  credential: 'visitor',
  input: z.object({ params: sessionParams, query: sessionQuery }),
  output: sessionAnswer,
  failures: ['session_unknown'],
  handle:
    ({ bus }) =>
    async ({ params, query }, { caller, call }) => {
      const { session } = await bus.ask(
        getSession,
        { domain_id: caller.domain.domain_id, session_id: params.session_id },
        call(),
      );
      const userId = requiredUser(caller, query.user_id);
      if (userId !== undefined && userId !== session.user_id) throw new Failure('session_unknown');
      return toSessionAnswer(session);
    },
});
