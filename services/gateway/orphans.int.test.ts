import { afterEach, beforeEach, expect, it } from 'vitest';
import * as knowledge from '../../shared/contracts/knowledge.ts';
import * as provisioning from '../../shared/contracts/provisioning.ts';
import { adminKey } from './testing/builders.ts';
import { script } from './testing/scripted.ts';
import { send } from './testing/send.ts';
import { startTestGateway, type TestGateway } from './testing/start.ts';

const headers = { authorization: `Bearer ${adminKey}` };
const anOrphan = (kind: 'agent' | 'base') => ({
  kind,
  uuid: `${kind}-1`,
  name: 'stray',
  agent_uuid: null,
  found_at: '2026-01-02T03:04:05.000Z',
});

let gateway: TestGateway;
beforeEach(async () => {
  gateway = await startTestGateway();
  await script(gateway.bus, provisioning.listOrphans, () => ({ orphans: [anOrphan('agent')] }));
});
afterEach(() => gateway.stop());

const list = async () => JSON.parse((await send(gateway, '/orphans', { headers })).text) as unknown;

it('the orphans of all owners are one list', async () => {
  await script(gateway.bus, knowledge.listOrphans, () => ({ orphans: [anOrphan('base')] }));
  expect(await list()).toEqual({ orphans: [anOrphan('agent'), anOrphan('base')], unavailable: [] });
});

it('while knowledge is silent those of the others are listed, and who is missing', async () => {
  expect(await list()).toEqual({ orphans: [anOrphan('agent')], unavailable: ['knowledge'] });
});

it('a base is deleted by its owner', async () => {
  const asked: string[] = [];
  await script(gateway.bus, knowledge.deleteOrphan, ({ uuid }) => {
    asked.push(uuid);
    return {};
  });
  expect((await send(gateway, '/orphans/base/base-1', { method: 'DELETE', headers })).status).toBe(200);
  expect(asked).toEqual(['base-1']);
});
