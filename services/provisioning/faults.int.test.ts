import { afterEach, beforeEach, expect, test } from 'vitest';
import * as contracts from '../../shared/contracts/provisioning.ts';
import { sha256Hex } from '../../shared/crypto/hash.ts';
import { openWorld, until, type World } from './testing/world.ts';

let world: World;
beforeEach(async () => {
  world = await openWorld();
  await world.startReplica();
});
afterEach(() => world.close());

const agentsPost = { method: 'POST', path: '/v2/gen-ai/agents' };
const keysPost = { method: 'POST', path_pattern: '/api_keys$' };

const registered = async (name = 'shop.example.com'): Promise<string> => (await world.register(name)).domain.domain_id;
const postsOf = async (pattern: RegExp): Promise<number> =>
  (await world.cloudJournal()).entries.filter(({ method, path }) => method === 'POST' && pattern.test(path)).length;
const stateOf = async (domainId: string): Promise<string | undefined> =>
  (await world.sql<{ state: string }>('select state from provisioning_sagas where domain_id = $1', [domainId]))[0]
    ?.state;

const losses = [
  { action: 'reset', phase: 'after' },
  { action: 'hang', phase: 'after' },
  { action: 'garbage', phase: 'after' },
  { action: 'truncate', phase: 'after' },
  { action: 'status', status: 502, phase: 'after' },
];

test.each(losses)(
  'an agent whose creation took effect but was answered by $action is adopted, not made again',
  async (loss) => {
    await world.fault({ match: agentsPost, ...loss });
    const id = await registered();
    await world.untilState(id, 'ready');
    expect((await world.cloudJournal()).counts['agents']).toBe(1);
    expect(await postsOf(/\/agents$/)).toBe(1);
    expect(world.events.namesOf(id).filter((name) => name === 'AgentCreated')).toHaveLength(1);
  },
);

test.each(losses)(
  'a key whose creation took effect but was answered by $action leaves no second live key',
  async (loss) => {
    await world.fault({ match: keysPost, ...loss });
    const id = await registered();
    await world.untilState(id, 'ready');
    expect((await world.cloudJournal()).counts['agent_keys']).toBe(1);
    expect(await postsOf(/\/api_keys$/)).toBe(2);
  },
);

test('an outage of every kind only delays: 503, 429, hangs and resets end in a ready domain', async () => {
  await world.fault({ action: 'status', status: 503, times: 6 });
  await world.fault({ action: 'status', status: 429, times: 3 });
  await world.fault({ action: 'reset', times: 2 });
  await world.fault({ action: 'hang', times: 2 });
  const id = await registered();
  await world.untilState(id, 'ready');
  expect((await world.cloudJournal()).counts).toMatchObject({ agents: 1, agent_keys: 1 });
});

test('a busy cloud is asked again no earlier than it said', async () => {
  await world.fault({ match: agentsPost, action: 'status', status: 429, retry_after: 1 });
  const startedAt = performance.now();
  await world.untilState(await registered(), 'ready');
  expect(performance.now() - startedAt).toBeGreaterThan(1_000);
  expect(await postsOf(/\/agents$/)).toBe(2);
});

test('a definite refusal fails the domain in words, and a retry goes on from there', async () => {
  await world.fault({ match: agentsPost, action: 'status', status: 400 });
  const id = await registered();
  const failed = await world.untilState(id, 'failed');
  expect(failed.failure).toMatchObject({ code: 'cloud_refused' });
  expect(failed.failure?.detail).toContain('DIGITALOCEAN_PROJECT_ID');
  await expect(world.ask(contracts.getAgentAccess, { domain_id: id })).rejects.toMatchObject({ code: 'agent_failed' });
  await world.events.until(contracts.agentFailed, id);

  await world.ask(contracts.retryDomain, { domain_id: id });
  expect((await world.untilState(id, 'ready')).failure).toBeNull();
});

test('a retry keeps what was made: a key refused once needs no second agent', async () => {
  await world.fault({ match: keysPost, action: 'status', status: 403 });
  const id = await registered();
  const failed = await world.untilState(id, 'failed');
  expect(failed.failure?.detail).toContain('scopes');
  await world.ask(contracts.retryDomain, { domain_id: id });
  expect((await world.untilState(id, 'ready')).agent_uuid).toBe(failed.agent_uuid);
  expect(await postsOf(/\/agents$/)).toBe(1);
});

test('a failed deployment is made anew once and the failed agent deleted', async () => {
  await world.setCloud({ fail_deployments: 1 });
  const id = await registered();
  await world.untilState(id, 'ready');
  expect(await postsOf(/\/agents$/)).toBe(2);
  expect((await world.cloudJournal()).counts).toMatchObject({ agents: 1, agent_keys: 1 });
});

test('a deployment that fails twice fails the domain, and a retry tries with a new agent', async () => {
  await world.setCloud({ fail_deployments: 2 });
  const id = await registered();
  expect((await world.untilState(id, 'failed')).failure).toMatchObject({ code: 'agent_failed' });
  await world.ask(contracts.retryDomain, { domain_id: id });
  await world.untilState(id, 'ready');
  expect((await world.cloudJournal()).counts['agents']).toBe(1);
});

test('an agent that somebody deleted while it was deployed is made anew', async () => {
  await world.setCloud({ deploy_ms: 1_000 });
  const id = await registered();
  const { agent_uuid } = await world.untilState(id, 'waiting_running');
  await world.inCloud('DELETE', `/agents/${agent_uuid}`);
  const ready = await world.untilState(id, 'ready');
  expect(ready.agent_uuid).not.toBe(agent_uuid);
  expect((await world.cloudJournal()).counts['agents']).toBe(1);
});

test('a stale key is renewed once, however many callers of all replicas say so at once', async () => {
  await world.startReplica();
  const id = await registered();
  await world.untilState(id, 'ready');
  const old = await world.ask(contracts.getAgentAccess, { domain_id: id });
  const stale = { domain_id: id, stale_key_hash: sha256Hex(old.access_key) };
  const renewed = await Promise.all(Array.from({ length: 12 }, () => world.ask(contracts.getAgentAccess, stale)));
  const keys = new Set(renewed.map((access) => access.access_key));
  expect(keys.size).toBe(1);
  expect(keys.has(old.access_key)).toBe(false);
  expect((await world.cloudJournal()).counts['agent_keys']).toBe(1);
  expect(await postsOf(/\/api_keys$/)).toBe(2);
  // A caller that comes late with the old key gets the new one without another being made.
  expect((await world.ask(contracts.getAgentAccess, stale)).access_key).toBe(renewed[0]?.access_key);
  expect(await postsOf(/\/api_keys$/)).toBe(2);
});

test.each([
  ['before the cloud got the POST', 'before'],
  ['after the POST took effect', 'after'],
])('a process killed between intent and id, %s, leaves one agent', async (_when, phase) => {
  await world.fault({ match: agentsPost, action: phase === 'after' ? 'slow_ms' : 'reset', phase, slow_ms: 400 });
  const id = await registered();
  await until('the intent', async () => {
    const [saga] = await world.sql('select 1 from provisioning_sagas where domain_id = $1 and intent_at is not null', [
      id,
    ]);
    return saga !== undefined;
  });
  await world.killAll();
  await world.startReplica();
  await until('ready', async () => (await stateOf(id)) === 'ready');
  expect((await world.cloudJournal()).counts).toMatchObject({ agents: 1, agent_keys: 1 });
});

test('a domain removed while its agent is being created leaves nothing in the cloud', async () => {
  await world.fault({ match: agentsPost, action: 'slow_ms', phase: 'after', slow_ms: 300 });
  const id = await registered();
  await until('the POST', async () => (await postsOf(/\/agents$/)) === 1);
  await world.ask(contracts.removeDomain, { domain_id: id });
  await world.events.until(contracts.domainRemoved, id);
  expect((await world.cloudJournal()).counts).toMatchObject({ agents: 0, agent_keys: 0 });
  expect(world.events.namesOf(id)).toEqual(['DomainRegistered', 'DomainRemoved']);
});

test('a cloud that loses answers at random, and two replicas, make one agent and one key for each of 20 domains', async () => {
  await world.startReplica();
  for (const match of [agentsPost, keysPost, { method: 'PUT' }, { method: 'GET' }]) {
    for (const loss of losses) await world.fault({ match, ...loss });
    await world.fault({ match, action: 'status', status: 503, times: 3 });
  }
  const ids = await Promise.all(Array.from({ length: 20 }, (_, index) => registered(`shop${index}.example.com`)));
  for (const id of ids) await world.untilState(id, 'ready');
  expect((await world.cloudJournal()).counts).toMatchObject({ agents: 20, agent_keys: 20 });
  expect(await world.violations()).toEqual([]);
});
