import { afterEach, beforeEach, expect, test } from 'vitest';
import * as contracts from '../../shared/contracts/provisioning.ts';
import { kbIndexed } from '../../shared/contracts/knowledge.ts';
import { openWorld, until, type World } from './testing/world.ts';

let world: World;
beforeEach(async () => {
  world = await openWorld({ settings: { PROVISIONING_CHECK_INTERVAL_MS: '300' } });
  await world.startReplica();
});
afterEach(() => world.close());

const registered = async (): Promise<{ readonly id: string; readonly agentUuid: string }> => {
  const id = (await world.register('shop.example.com')).domain.domain_id;
  const { agent_uuid } = await world.untilState(id, 'ready');
  return { id, agentUuid: agent_uuid ?? '' };
};
const anotherAgent = (id: string, agentUuid: string) =>
  until('another agent', async () => {
    const view = await world.domain(id);
    return view.state === 'ready' && view.agent_uuid !== agentUuid && view;
  });
const counts = async () => (await world.cloudJournal()).counts;

test('a ready agent that was deleted in the cloud is made anew', async () => {
  const { id, agentUuid } = await registered();
  await world.inCloud('DELETE', `/agents/${agentUuid}`);
  await anotherAgent(id, agentUuid);
  expect(await counts()).toMatchObject({ agents: 1, agent_keys: 1 });
});

test('one that cannot be made anew is told, in words', async () => {
  const { id, agentUuid } = await registered();
  await world.fault({ match: { method: 'POST', path: '/v2/gen-ai/agents' }, action: 'status', status: 400, times: 9 });
  await world.inCloud('DELETE', `/agents/${agentUuid}`);
  expect((await world.untilState(id, 'failed')).failure).toMatchObject({ code: 'cloud_refused' });
  await world.events.until(contracts.agentFailed, id);
});

test('an access key that was deleted in the cloud is replaced', async () => {
  const { id, agentUuid } = await registered();
  const [before] = await world.sql<{ key: string }>('select access_key_uuid as key from agents');
  await world.inCloud('DELETE', `/agents/${agentUuid}/api_keys/${before?.key}`);
  await until('another key', async () => {
    const [now] = await world.sql<{ key: string }>(
      'select access_key_uuid as key from agents where agent_access_key is not null',
    );
    return now !== undefined && now.key !== before?.key;
  });
  expect((await world.untilState(id, 'ready')).agent_uuid).toBe(agentUuid);
  expect(await counts()).toMatchObject({ agents: 1, agent_keys: 1 });
});

test('an outage of the cloud makes nothing anew', async () => {
  const { id, agentUuid } = await registered();
  await world.fault({ match: { method: 'GET' }, action: 'status', status: 503, times: 5 });
  await until('a check after the outage', async () => {
    const [row] = await world.sql(
      `select 1 from provisioning_sagas where checked_at > (select max(updated_at) from provisioning_sagas) + interval '2 seconds'`,
    );
    return row !== undefined;
  });
  expect((await world.domain(id)).agent_uuid).toBe(agentUuid);
});

test('a base that was detached in the cloud is attached again', async () => {
  const { id, agentUuid } = await registered();
  const made: unknown = await world.inCloud('POST', '/knowledge_bases', {
    name: 'shop-base',
    embedding_model_uuid: '22653204-79ed-11ef-bf8f-4e013e2ddde4',
    project_id: '00000000-0000-4000-8000-000000000000',
    region: 'tor1',
    datasources: [],
  });
  const kbUuid = (made as { knowledge_base: { uuid: string } }).knowledge_base.uuid;
  await world.publish(kbIndexed, id, kbUuid);
  await world.events.until(contracts.kbAttached, id);
  await world.inCloud('DELETE', `/agents/${agentUuid}/knowledge_bases/${kbUuid}`);
  await until('attached again', async () => {
    const { agent } = (await world.inCloud('GET', `/agents/${agentUuid}`)) as {
      agent: { knowledge_bases?: { uuid: string }[] };
    };
    return agent.knowledge_bases?.some(({ uuid }) => uuid === kbUuid) === true;
  });
});

test('an agent with our tag that is nobody’s is reported after an hour and deleted on request; others are left alone', async () => {
  const { agentUuid } = await registered();
  const [installation] = await world.sql<{ key: string }>('select key from installation');
  const tag = `parley-${installation?.key.replaceAll('-', '').slice(0, 12)}`;
  const make = async (name: string, tags: readonly string[]): Promise<string> => {
    const agent = { name, tags, instruction: 'x', model_uuid: 'x', project_id: 'x', region: 'tor1' };
    const source = (await world.inCloud('GET', `/agents/${agentUuid}`)) as { agent: { model: { uuid: string } } };
    const made = await world.inCloud('POST', '/agents', { ...agent, model_uuid: source.agent.model.uuid });
    return (made as { agent: { uuid: string } }).agent.uuid;
  };
  const stray = await make('customer-support-0123456789ab', [tag]);
  const foreign = await make('customer-support-ba9876543210', ['parley-ffffffffffff']);
  await until('the look', async () => (await world.sql('select 1 from cloud_orphans')).length === 1);
  expect((await world.ask(contracts.listOrphans, {})).orphans).toEqual([]);

  await world.sql(`update cloud_orphans set found_at = now() - interval '61 minutes'`);
  expect((await world.ask(contracts.listOrphans, {})).orphans).toMatchObject([{ kind: 'agent', uuid: stray }]);
  for (const uuid of [foreign, agentUuid]) {
    await expect(world.ask(contracts.deleteOrphan, { kind: 'agent', uuid })).rejects.toMatchObject({
      code: 'not_found',
    });
  }
  await world.ask(contracts.deleteOrphan, { kind: 'agent', uuid: stray });
  expect((await world.ask(contracts.listOrphans, {})).orphans).toEqual([]);
  expect((await counts())['agents']).toBe(2);
});
