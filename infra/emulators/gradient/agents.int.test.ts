import { afterEach, beforeEach, expect, it } from 'vitest';
import { callJson } from '../support/answer.ts';
import { startGradientEmulator, type GradientEmulator } from './serve.ts';
import { agentBody, createTestClient, type TestClient } from './test-client.ts';

let emulator: GradientEmulator;
let client: TestClient;

beforeEach(async () => {
  emulator = await startGradientEmulator({ port: 0, deployMs: 0, databaseMs: 0, indexMs: 0 });
  client = createTestClient(emulator);
});

afterEach(() => emulator.stop());

it('a new agent has the defaults, no address, and takes no knowledge base before it runs', async () => {
  await client.control('/settings', { deploy_ms: 60_000 });
  const created = await client.call('POST', '/agents', agentBody);
  expect(created.at('agent')).toMatchObject({ k: 10, temperature: 0.7, max_tokens: 512, region: 'TOR1' });
  expect(created.at('agent.deployment')).toMatchObject({
    status: 'STATUS_WAITING_FOR_DEPLOYMENT',
    visibility: 'VISIBILITY_PRIVATE',
  });
  expect(created.at('agent.deployment.url')).toBeUndefined();
  const base = await client.call('POST', '/knowledge_bases', { name: 'b' });
  const attach = `/agents/${created.text('agent.uuid')}/knowledge_bases/${base.text('knowledge_base.uuid')}`;
  expect(await client.call('POST', attach)).toMatchObject({ status: 404, body: { id: 'not_found' } });
});

it('a running agent has an address; the list does not tell what is attached', async () => {
  const { agentUuid, url, baseUuid } = await client.prepare({ 'a.md': 'A kettle.' });
  expect(url).toMatch(/\/agent\/[a-z0-9]{24}$/u);
  expect((await client.call('GET', `/agents/${agentUuid}`)).at('agent.knowledge_bases.0.uuid')).toBe(baseUuid);
  expect((await client.call('GET', '/agents')).at('agents.0')).not.toHaveProperty('knowledge_bases');
});

it('attaching again changes nothing', async () => {
  const { agentUuid, baseUuid } = await client.prepare({ 'a.md': 'A kettle.' });
  const again = await client.call('POST', `/agents/${agentUuid}/knowledge_bases/${baseUuid}`);
  expect(again.status).toBe(200);
  expect(again.at('agent.knowledge_bases')).toHaveLength(1);
});

it('a deployment that is told to fail ends in STATUS_FAILED, the next one runs', async () => {
  await client.control('/settings', { fail_deployments: 1 });
  expect((await client.call('POST', '/agents', agentBody)).at('agent.deployment.status')).toBe('STATUS_FAILED');
  expect((await client.call('POST', '/agents', agentBody)).at('agent.deployment.status')).toBe('STATUS_RUNNING');
});

it('an agent cannot be created with a knowledge base that holds nothing', async () => {
  const base = await client.call('POST', '/knowledge_bases', { name: 'b' });
  const body = { ...agentBody, knowledge_base_uuid: [base.text('knowledge_base.uuid')] };
  expect((await client.call('POST', '/agents', body)).status).toBe(400);
});

it('only the secret of a created or regenerated key opens the endpoint', async () => {
  const { agentUuid, url, secret } = await client.prepare({ 'a.md': 'A kettle.' });
  const askWith = (key: string) => client.ask(url, key, [{ role: 'user', content: 'Hello' }]);
  const decoy = (await client.call('GET', `/agents/${agentUuid}`)).text('agent.api_keys.0.api_key');
  expect(await askWith(decoy)).toMatchObject({ status: 401, body: { detail: 'Invalid access token' } });
  expect((await askWith(secret)).status).toBe(200);

  const keys = await client.call('GET', `/agents/${agentUuid}/api_keys`);
  expect(keys.at('api_key_infos.0')).not.toHaveProperty('secret_key');
  const key = `/agents/${agentUuid}/api_keys/${keys.text('api_key_infos.0.uuid')}`;
  const renewed = (await client.call('PUT', `${key}/regenerate`)).text('api_key_info.secret_key');
  expect((await askWith(secret)).status).toBe(401);
  expect((await askWith(renewed)).status).toBe(200);
  await client.call('DELETE', key);
  expect((await askWith(renewed)).status).toBe(401);
});

it('a deleted agent is gone, and so is its endpoint', async () => {
  const { agentUuid, url, secret } = await client.prepare({ 'a.md': 'A kettle.' });
  expect((await client.call('DELETE', `/agents/${agentUuid}`)).at('agent.uuid')).toBe(agentUuid);
  expect((await client.call('GET', `/agents/${agentUuid}`)).status).toBe(404);
  expect((await client.ask(url, secret, [{ role: 'user', content: 'Hello' }])).status).toBe(404);
});

it('lists come in pages with links and meta', async () => {
  for (let made = 0; made < 5; made += 1) await client.call('POST', '/agents', agentBody);
  const second = await client.call('GET', '/agents?page=2&per_page=2');
  expect(second.at('agents')).toHaveLength(2);
  expect(second.at('meta')).toEqual({ page: 2, pages: 3, total: 5 });
  for (const link of ['first', 'previous', 'next', 'last'])
    expect(second.text(`links.pages.${link}`)).toContain('per_page=2');
  const third = await callJson(second.text('links.pages.next'), { token: 't' });
  expect(third.at('meta.page')).toBe(3);
  expect(third.at('links.pages.next')).toBeUndefined();
});
