import { z } from 'zod';
import { listSessions } from '../../../shared/contracts/chat.ts';
import { listSessionsAnswer, listSessionsQuery } from '../../../shared/contracts/http/sessions.ts';
import { route } from '../http/route.ts';
import { toSessionAnswer } from './session-view.ts';

/** Newest first. A domain key lists its own. */
export const listSessionsRoute = route({
  method: 'get',
  path: '/sessions',
  tag: 'conversation',
  summary: 'List sessions',
  credential: 'tenant',
  input: z.object({ query: listSessionsQuery }),
  output: listSessionsAnswer,
  handle:
    ({ bus }) =>
    async ({ query }, { caller, call }) => {
      const { sessions, total, next_cursor } = await bus.ask(
        listSessions,
        { ...query, domain_id: caller.domain?.domain_id },
        call(),
      );
      return { sessions: sessions.map(toSessionAnswer), total, next_cursor };
    },
});
