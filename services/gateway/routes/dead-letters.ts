import { z } from 'zod';
import {
  deadLetterAnswer,
  deadLetterDetailAnswer,
  deadLetterParams,
  deadLettersQuery,
  listDeadLettersAnswer,
} from '../../../shared/contracts/http/dead-letters.ts';
import { askItsOwner, listOverOwners } from '../dead-letter-owners.ts';
import { route, type Endpoint } from '../http/route.ts';

const ownersTimeoutMs = 3_000;
const params = deadLetterParams;

const listDeadLettersRoute = route({
  method: 'get',
  path: '/dead-letters',
  tag: 'operation',
  summary: 'Messages that were given up',
  description: 'Newest first, over all services, without what they say.',
  credential: 'admin',
  input: z.object({ query: deadLettersQuery }),
  output: listDeadLettersAnswer,
  handle:
    ({ bus }) =>
    ({ query }, { call }) =>
      listOverOwners(bus, query, call(ownersTimeoutMs)),
});

const getDeadLetterRoute = route({
  method: 'get',
  path: '/dead-letters/:dead_letter_id',
  tag: 'operation',
  summary: 'A message that was given up',
  description: 'With the message itself, which may hold what a visitor said.',
  credential: 'admin',
  input: z.object({ params }),
  output: deadLetterDetailAnswer,
  failures: ['not_found'],
  handle:
    ({ bus }) =>
    ({ params: { dead_letter_id: id } }, { call }) =>
      askItsOwner((queries) => bus.ask(queries.get, { id }, call(ownersTimeoutMs))),
});

const replayDeadLetterRoute = route({
  method: 'post',
  path: '/dead-letters/:dead_letter_id/replay',
  tag: 'operation',
  summary: 'Handle a message again',
  description: 'Soon, in the background. One that succeeds is gone from the list; one that fails is `dead` again.',
  credential: 'admin',
  input: z.object({ params }),
  output: deadLetterAnswer,
  failures: ['not_found', 'conflict'],
  handle:
    ({ bus }) =>
    ({ params: { dead_letter_id: id } }, { call }) =>
      askItsOwner((queries) => bus.ask(queries.replay, { id }, call(ownersTimeoutMs))),
});

const discardDeadLetterRoute = route({
  method: 'delete',
  path: '/dead-letters/:dead_letter_id',
  tag: 'operation',
  summary: 'Discard a message',
  description: 'For good; answers with what was discarded.',
  credential: 'admin',
  input: z.object({ params }),
  output: deadLetterAnswer,
  failures: ['not_found', 'conflict'],
  handle:
    ({ bus }) =>
    ({ params: { dead_letter_id: id } }, { call }) =>
      askItsOwner((queries) => bus.ask(queries.discard, { id }, call(ownersTimeoutMs))),
});

/** Dead letters for the operator, whoever owns them. */
export const deadLetterRoutes: readonly Endpoint[] = [
  listDeadLettersRoute,
  getDeadLetterRoute,
  replayDeadLetterRoute,
  discardDeadLetterRoute,
];
