import { afterEach, expect, test } from 'vitest';
import { eventually } from '../../tests/support/eventually.ts';
import { openWorld, type World } from './testing/world.ts';

let world: World;
afterEach(async () => {
  expect(await world.cloud.violations()).toEqual([]);
  await world.close();
});

test('at the cloud’s limit of bases a document fails with its own code, in words, and what is there stays', async () => {
  world = await openWorld({ settings: { KNOWLEDGE_BASES_MAX: '2' } });
  const domainId = await world.registered('oak.example');
  const first = await world.ingest(domainId, 'a.txt', 'The lamp is lit at dusk.');
  expect(await world.jobEnd(domainId, first.job_id)).toMatchObject({ phase: 'done' });
  const second = await world.ingest(domainId, 'b.txt', 'The bell rings at noon.');
  expect(await world.jobEnd(domainId, second.job_id)).toMatchObject({
    phase: 'failed',
    error: { code: 'knowledge_full', message: expect.stringContaining('2 knowledge bases') as string },
  });
  expect((await world.cloud.counts())['knowledge_bases']).toBe(2);
  // With room again it gets in.
  await world.jobEnd(domainId, (await world.remove(domainId, first.document_id)).job_id);
  const again = await world.retry(domainId, second.job_id);
  expect(await world.jobEnd(domainId, again.job_id)).toMatchObject({ phase: 'done' });
});

test('many small bases are merged into one, and every document answers all the while', async () => {
  world = await openWorld();
  const domainId = await world.registered('oak.example');
  const names = Array.from({ length: 9 }, (_, at) => `note-${at}.txt`);
  for (const name of names) {
    const { job_id } = await world.ingest(domainId, name, `The ${name} lamp is lit.`);
    expect(await world.jobEnd(domainId, job_id)).toMatchObject({ phase: 'done' });
  }
  await eventually(async () => {
    const documents = await world.documents(domainId);
    expect(documents).toHaveLength(9);
    expect(documents.every(({ state, version, live_version }) => state === 'indexed' && version === live_version)).toBe(
      true,
    );
    return (await world.bases(domainId)).length === 2;
  }, 25_000);
  expect((await world.cloud.counts())['knowledge_bases']).toBe(2);
  expect((await world.documents(domainId)).every(({ version }) => version === 1)).toBe(true);
}, 60_000);
