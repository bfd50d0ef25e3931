import { z } from 'zod';
import {
  correctFactBody,
  factAnswer,
  factParams,
  forgetQuery,
  forgottenAnswer,
  memoriesAnswer,
  memoryExport,
  memoryParams,
  memoryQuery,
} from '../../../shared/contracts/http/memory.ts';
import { correctFact, forgetUser, listMemories } from '../../../shared/contracts/memory.ts';
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

/** The same as a file to keep: what was said, what is known, and where each comes from. */
export const exportMemoriesRoute = route({
  method: 'get',
  path: '/memory/users/:user_id/export',
  tag: 'memory',
  summary: 'Export what is remembered of a visitor',
  credential: 'owner',
  input: z.object({ params: memoryParams, query: memoryQuery }),
  output: memoryExport,
  handle:
    ({ bus, clock }) =>
    async ({ params: { user_id }, query }, { caller, call, response }) => {
      const found = await bus.ask(
        listMemories,
        { domain_id: caller.domain.domain_id, user_id, limit: query.limit },
        call(),
      );
      response.set('content-disposition', 'attachment; filename="memories.json"');
      return {
        schema: 'parley-memory-1' as const,
        exported_at: new Date(clock.now()).toISOString(),
        user_id,
        ...found,
      };
    },
});

/** Puts right what is known of a visitor. */
export const correctFactRoute = route({
  method: 'patch',
  path: '/memory/users/:user_id/facts/:fact_id',
  tag: 'memory',
  summary: 'Correct a fact about a visitor',
  credential: 'owner',
  input: z.object({ params: factParams, body: correctFactBody }),
  output: factAnswer,
  failures: ['not_found'],
  handle:
    ({ bus }) =>
    async ({ params: { user_id, fact_id }, body }, { caller, call }) => {
      const domain_id = caller.domain.domain_id;
      return { user_id, ...(await bus.ask(correctFact, { domain_id, user_id, fact_id, value: body.value }, call())) };
    },
});

/** Deletes all that is remembered of one visitor of the domain, or one memory or session of theirs. */
export const forgetUserRoute = route({
  method: 'delete',
  path: '/memory/users/:user_id',
  tag: 'memory',
  summary: 'Forget a visitor',
  credential: 'owner',
  input: z.object({ params: memoryParams, query: forgetQuery }),
  output: forgottenAnswer,
  handle:
    ({ bus }) =>
    async ({ params: { user_id }, query }, { caller, call }) => {
      const receipt = await bus.ask(forgetUser, { domain_id: caller.domain.domain_id, user_id, ...query }, call());
      return { user_id, ...receipt };
    },
});
