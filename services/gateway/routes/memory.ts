import { z } from 'zod';
import { forgottenAnswer, memoriesAnswer, memoryParams, memoryQuery } from '../../../shared/contracts/http/memory.ts';
import { forgetUser, listMemories } from '../../../shared/contracts/memory.ts';
import { route } from '../http/route.ts';

/** What is remembered of one visitor of the domain. */
export const listMemoriesRoute = route({
  method: 'get',
  path: '/memory/users/:user_id',
  tag: 'memory',
  summary: 'What is remembered of a visitor',
  credential: 'owner',
  input: z.object({ params: memoryParams, query: memoryQuery }),
  output: memoriesAnswer,
  handle:
    ({ bus }) =>
    async ({ params: { user_id }, query }, { caller, call }) => {
      const found = await bus.ask(
        listMemories,
        { domain_id: caller.domain.domain_id, user_id, limit: query.limit },
        call(),
      );
      return { user_id, ...found };
    },
});

/** Deletes all that is remembered of one visitor of the domain. */
export const forgetUserRoute = route({
  method: 'delete',
  path: '/memory/users/:user_id',
  tag: 'memory',
  summary: 'Forget a visitor',
  credential: 'owner',
  input: z.object({ params: memoryParams }),
  output: forgottenAnswer,
  handle:
    ({ bus }) =>
    async ({ params: { user_id } }, { caller, call }) => {
      const receipt = await bus.ask(forgetUser, { domain_id: caller.domain.domain_id, user_id }, call());
      return { user_id, ...receipt };
    },
});
