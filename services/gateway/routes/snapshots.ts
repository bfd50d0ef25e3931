import { z } from 'zod';
import { pageQuery } from '../../../shared/contracts/http/fields.ts';
import {
  listSnapshotsAnswer,
  removeSnapshotAnswer,
  rollBackAnswer,
  rollBackBody,
  snapshotAnswer,
  snapshotDifferenceAnswer,
  snapshotParams,
  takeSnapshotBody,
} from '../../../shared/contracts/http/snapshots.ts';
import {
  getSnapshot,
  listSnapshots,
  removeSnapshot,
  rollBack,
  takeSnapshot,
} from '../../../shared/contracts/knowledge-snapshots.ts';
import { idempotencyOf } from '../http/idempotency.ts';
import { route, type Endpoint } from '../http/route.ts';

const takeSnapshotRoute = route({
  method: 'post',
  path: '/knowledge/snapshots',
  tag: 'knowledge',
  summary: 'Name what the bot knows now',
  description: 'The versions that answers rest on, not what is on its way in.',
  credential: 'knowledge',
  input: z.object({ body: takeSnapshotBody }),
  output: snapshotAnswer,
  failures: ['snapshot_taken', 'snapshot_empty', 'snapshots_full'],
  isIdempotent: true,
  handle:
    ({ bus }) =>
    async ({ body }, { request, caller, call }) => {
      const question = { domain_id: caller.domain.domain_id, ...body, ...idempotencyOf(request, body) };
      return (await bus.ask(takeSnapshot, question, call())).snapshot;
    },
});

const listSnapshotsRoute = route({
  method: 'get',
  path: '/knowledge/snapshots',
  tag: 'knowledge',
  summary: 'Snapshots, newest first',
  credential: 'knowledge',
  input: z.object({ query: pageQuery }),
  output: listSnapshotsAnswer,
  handle:
    ({ bus }) =>
    ({ query }, { caller, call }) =>
      bus.ask(listSnapshots, { ...query, domain_id: caller.domain.domain_id }, call()),
});

const getSnapshotRoute = route({
  method: 'get',
  path: '/knowledge/snapshots/:snapshot_id',
  tag: 'knowledge',
  summary: 'A snapshot, and what a rollback to it would change',
  credential: 'knowledge',
  input: z.object({ params: snapshotParams }),
  output: snapshotDifferenceAnswer,
  failures: ['snapshot_unknown'],
  handle:
    ({ bus }) =>
    async ({ params }, { caller, call }) => {
      const ref = { domain_id: caller.domain.domain_id, ...params };
      const { snapshot, ...difference } = await bus.ask(getSnapshot, ref, call());
      return { ...snapshot, ...difference };
    },
});

const removeSnapshotRoute = route({
  method: 'delete',
  path: '/knowledge/snapshots/:snapshot_id',
  tag: 'knowledge',
  summary: 'Remove a snapshot',
  description: 'With the texts that only this snapshot needs. What the bot knows does not change.',
  credential: 'knowledge',
  input: z.object({ params: snapshotParams }),
  output: removeSnapshotAnswer,
  failures: ['snapshot_unknown'],
  handle:
    ({ bus }) =>
    async ({ params }, { caller, call }) => {
      await bus.ask(removeSnapshot, { domain_id: caller.domain.domain_id, ...params }, call());
      return { success: true as const, message: 'The snapshot is removed' };
    },
});

const rollBackRoute = route({
  method: 'post',
  path: '/knowledge/snapshots/:snapshot_id/rollback',
  tag: 'knowledge',
  summary: 'Go back to a snapshot',
  description:
    'What changed since is indexed from the kept text and replaced once that answers; what was not there is removed. `keep_as` names the present state first.',
  credential: 'knowledge',
  input: z.object({ params: snapshotParams, body: rollBackBody }),
  output: rollBackAnswer,
  failures: ['snapshot_unknown', 'snapshot_taken', 'snapshot_empty', 'snapshots_full'],
  isIdempotent: true,
  handle:
    ({ bus }) =>
    async ({ params, body }, { request, caller, call }) => {
      const question = { domain_id: caller.domain.domain_id, ...params, ...body, ...idempotencyOf(request, body) };
      const started = await bus.ask(rollBack, question, call());
      return { success: true as const, message: `Follow GET /knowledge/jobs/${started.job_id}`, ...started };
    },
});

/** Names for what the bot knew at a moment, and the way back there. */
export const snapshotRoutes: readonly Endpoint[] = [
  takeSnapshotRoute,
  listSnapshotsRoute,
  getSnapshotRoute,
  removeSnapshotRoute,
  rollBackRoute,
];
