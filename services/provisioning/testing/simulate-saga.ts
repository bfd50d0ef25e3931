import assert from 'node:assert/strict';
import type { Schedule } from '../../../shared/testing/tape.ts';
import { createSimulatedWorld, disturbedMs, type SimulatedWorld } from './simulated-world.ts';

/** Registers two domains under `schedule`, and throws unless each came to rest with one agent and one key. */
export const simulateSaga = async (schedule: Schedule, options: { readonly settleMs?: number } = {}): Promise<void> => {
  const world = createSimulatedWorld(schedule, options);
  const fates = domains.map((domainId) => {
    world.store.register(domainId);
    return { domainId, ...disturb(world, domainId) };
  });
  assert.ok(await world.untilCalm(), 'a domain does not come to rest');
  for (const { domainId, isRemoved } of fates) check(world, domainId, { isRemoved });
  assert.ok(world.cloud.most.agents <= 1, 'two agents of one domain at one moment');
  assert.ok(world.cloud.most.keys <= 1, 'two live keys of one agent at one moment');
};

const domains = ['aaaaaaaa-aaaa-4000-8000-000000000001', 'bbbbbbbb-bbbb-4000-8000-000000000002'] as const;

/** What people and other programs do meanwhile. */
const disturb = ({ tape, store, cloud, after }: SimulatedWorld, domainId: string): { readonly isRemoved: boolean } => {
  const someMoment = (): number => tape.random() * disturbedMs;
  const isRemoved = tape.random() < 0.2;
  if (isRemoved) after(someMoment(), () => store.signal(domainId, 'removal_asked'));
  if (tape.random() < 0.3) after(someMoment(), () => store.signal(domainId, 'key_refused'));
  after(disturbedMs, () => store.signal(domainId, 'retried'));
  if (tape.random() < 0.3) {
    after(someMoment(), () => {
      const victim = cloud.agents.find(({ uuid }) => uuid === store.rows.get(domainId)?.agentUuid);
      if (victim === undefined) return;
      if (tape.random() < 0.5) victim.deletedAt ??= 0;
      else for (const key of victim.keys) key.deletedAt ??= 0;
    });
  }
  return { isRemoved };
};

const check = (world: SimulatedWorld, domainId: string, { isRemoved }: { readonly isRemoved: boolean }): void => {
  const row = world.store.rows.get(domainId);
  const [agent, ...more] = world.agentsOf(domainId);
  if (row === undefined) {
    assert.ok(isRemoved, 'a domain went that nobody removed');
    assert.equal(agent, undefined, 'a removed domain left an agent');
    return;
  }
  assert.ok(!isRemoved, 'a removed domain is still there');
  assert.deepEqual(more, [], 'a second agent of one domain');
  const keys = agent === undefined ? [] : world.cloud.liveKeys(agent).map(({ uuid }) => uuid);
  assert.ok(keys.length <= 1, 'two live keys of one agent');
  if (row.state !== 'ready') return;
  assert.equal(row.agentUuid, agent?.uuid, 'a ready domain has another agent than the cloud');
  assert.equal(agent?.status, 'STATUS_RUNNING', 'the agent of a ready domain');
  assert.deepEqual(keys, [row.agent?.keyUuid], 'a ready domain has another key than the cloud');
};
