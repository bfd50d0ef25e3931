import { z } from 'zod';
import { deleteOrphanAnswer, listOrphansAnswer, orphanParams } from '../../../shared/contracts/http/orphans.ts';
import * as knowledge from '../../../shared/contracts/knowledge.ts';
import * as provisioning from '../../../shared/contracts/provisioning.ts';
import { Failure } from '../../../shared/errors/failure.ts';
import { route, type Endpoint } from '../http/route.ts';

/** Who knows about which kinds. */
const owners = [
  {
    name: 'provisioning',
    kinds: ['agent', 'key'],
    list: provisioning.listOrphans,
    delete: provisioning.deleteOrphan,
  },
  { name: 'knowledge', kinds: ['base'], list: knowledge.listOrphans, delete: knowledge.deleteOrphan },
];

const listOrphansRoute = route({
  method: 'get',
  path: '/orphans',
  tag: 'operation',
  summary: 'Things of ours in the cloud that belong to nobody',
  description: 'Found more than an hour ago; nothing is deleted before somebody asks for it.',
  credential: 'admin',
  input: z.object({}),
  output: listOrphansAnswer,
  handle:
    ({ bus }) =>
    async (_input, { call }) => {
      const answers = await Promise.allSettled(owners.map(async ({ list }) => bus.ask(list, {}, call())));
      return {
        orphans: answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value.orphans : [])),
        unavailable: owners.filter((_, index) => answers[index]?.status === 'rejected').map(({ name }) => name),
      };
    },
});

const deleteOrphanRoute = route({
  method: 'delete',
  path: '/orphans/:kind/:uuid',
  tag: 'operation',
  summary: 'Delete one of them from the cloud',
  credential: 'admin',
  input: z.object({ params: orphanParams }),
  output: deleteOrphanAnswer,
  failures: ['not_found', 'conflict'],
  handle:
    ({ bus }) =>
    async ({ params }, { call }) => {
      const owner = owners.find(({ kinds }) => kinds.includes(params.kind));
      if (owner === undefined) throw new Failure('not_found');
      await bus.ask(owner.delete, params, call());
      return params;
    },
});

/** What the cloud holds of us and nobody needs; for the operator. */
export const orphanRoutes: readonly Endpoint[] = [listOrphansRoute, deleteOrphanRoute];
