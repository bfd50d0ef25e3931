import { afterEach, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { eventually } from '../../tests/support/eventually.ts';
import { deleteOrphan, listOrphans } from '../../shared/contracts/knowledge.ts';
import { metrics } from '../../shared/telemetry/metrics.ts';
import { openWorld, type World } from './testing/world.ts';

let world: World;
beforeEach(async () => {
  world = await openWorld({ settings: { KNOWLEDGE_CHECK_MS: '300' } });
});
afterEach(() => world.close());

const listed = z.object({ uuid: z.string(), name: z.string(), tags: z.array(z.string()) });
const made = z.object({ knowledge_base: listed });
const page = z.object({ knowledge_bases: z.array(listed) });

const everyBase = async () => page.parse(await world.inCloud('GET', '/knowledge_bases?per_page=100')).knowledge_bases;
const make = async (name: string, tags: readonly string[]): Promise<string> => {
  const body = {
    name,
    tags,
    embedding_model_uuid: '22653204-79ed-11ef-bf8f-4e013e2ddde4',
    project_id: '00000000-0000-4000-8000-000000000000',
    region: 'tor1',
    datasources: [],
  };
  return made.parse(await world.inCloud('POST', '/knowledge_bases', body)).knowledge_base.uuid;
};
/** From now on the cloud's list tells that all its bases were made so long ago. */
const age = async (ms: number): Promise<void> => {
  const created_at = new Date(Date.now() - ms).toISOString();
  const knowledge_bases = (await everyBase()).map((base) => ({ ...base, created_at }));
  const match = { method: 'GET', path: '/v2/gen-ai/knowledge_bases' };
  await world.cloud.clearFaults();
  await world.cloud.fault({ match, action: 'status', status: 200, body: { knowledge_bases }, times: 1_000 });
};
const orphans = async () => (await world.ask(listOrphans, {})).orphans;

test('a base with our tag that is nobody’s is reported after an hour and deleted on request; others are left alone', async () => {
  const domainId = await world.registered('oak.example');
  const claimed = await eventually(async () => {
    const [base] = await world.bases(domainId);
    return base?.state === 'indexed' && base;
  }, 20_000);
  const tags = (await everyBase()).find(({ uuid }) => uuid === claimed.kb_uuid)?.tags ?? [];
  const stray = await make('website-kb-01234567-89abcdef', tags);
  const foreign = await make('website-kb-76543210-fedcba98', ['parley', 'parley-ffffffffffff']);
  const untagged = await make('website-kb-00000000-00000000', []);

  await age(59 * 60_000);
  expect(await orphans()).toEqual([]);
  await expect(world.ask(deleteOrphan, { kind: 'base', uuid: stray })).rejects.toMatchObject({ code: 'not_found' });

  await age(61 * 60_000);
  await eventually(async () => (await orphans()).length > 0);
  expect(await orphans()).toMatchObject([{ kind: 'base', uuid: stray }]);
  await eventually(async () => (await metrics.metrics()).includes('parley_cloud_orphans{kind="base"} 1'));
  for (const uuid of [foreign, untagged, claimed.kb_uuid ?? '']) {
    await expect(world.ask(deleteOrphan, { kind: 'base', uuid })).rejects.toMatchObject({ code: 'not_found' });
  }
  await world.ask(deleteOrphan, { kind: 'base', uuid: stray });
  expect((await world.cloud.counts())['knowledge_bases']).toBe(3);
});

test('a base of the name that a row waits for is claimed', async () => {
  await world.cloud.set({ database_ms: 60_000 });
  const domainId = await world.registered('oak.example');
  await eventually(async () => (await world.bases(domainId))[0]?.kb_uuid);
  await world.sql("update knowledge_bases set kb_uuid = null, lease_until = now() + interval '1 hour'");
  await age(61 * 60_000);
  expect(await orphans()).toEqual([]);
});
