import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { eventually } from '../../tests/support/eventually.ts';
import { openWorld, type World } from './testing/world.ts';

let world: World;
let domainId: string;
beforeEach(async () => {
  world = await openWorld();
  domainId = await world.registered('oak.example');
});
afterEach(async () => {
  expect(await world.cloud.violations()).toEqual([]);
  await world.close();
});

const taught = async (filename: string, text: string): Promise<string> => {
  const { document_id, job_id } = await world.ingest(domainId, filename, text);
  expect(await world.jobEnd(domainId, job_id)).toMatchObject({ phase: 'done' });
  return document_id;
};

describe('the same bytes again', () => {
  test('are no work: the document is answered as it is, and no job begins', async () => {
    const document_id = await taught('a.txt', 'The lamp is lit at dusk.');
    const again = await world.ingest(domainId, 'a.txt', 'The lamp is lit at dusk.');
    expect(again).toMatchObject({ document_id, version: 1, unchanged: true, state: 'indexed' });
    expect(await world.sql('select id from jobs where domain_id = $1', [domainId])).toHaveLength(1);
  });

  test('with another chunk size are another version', async () => {
    const document_id = await taught('a.txt', 'The lamp is lit at dusk.');
    const again = await world.ingest(domainId, 'a.txt', 'The lamp is lit at dusk.', { chunk_size: 400 });
    expect(again).toMatchObject({ document_id, version: 2, unchanged: false });
  });

  test('after a failed try at other ones leave what is in use in use, and the failure goes', async () => {
    const document_id = await taught('a.txt', 'The lamp is lit at dusk.');
    const match = { method: 'POST', path: '/v2/gen-ai/knowledge_bases' };
    await world.cloud.fault({ match, action: 'status', status: 422 });
    const { job_id } = await world.ingest(domainId, 'a.txt', 'The lamp is lit at dawn.');
    expect(await world.jobEnd(domainId, job_id)).toMatchObject({ phase: 'failed' });
    expect(await world.documents(domainId)).toMatchObject([{ version: 2, state: 'failed', live_version: 1 }]);

    await world.ingest(domainId, 'a.txt', 'The lamp is lit at dusk.');
    const job = await world.job(domainId, job_id);
    expect(job.items).toMatchObject([{ name: 'a.txt', state: 'failed', code: 'cloud_refused' }]);
    await eventually(async () => (await world.documents(domainId))[0]?.state === 'indexed', 20_000);
    expect(await world.documents(domainId)).toMatchObject([{ id: document_id, version: 1, live_version: 1 }]);
  });
});

describe('a document that is replaced by its id', () => {
  test('keeps id and name whatever the new file is called', async () => {
    const document_id = await taught('tours.txt', 'The boat tour costs nineteen crowns.');
    const next = await world.ingest(domainId, 'tours-new.md', '# Tours\n\nIt costs twenty crowns.', { document_id });
    expect(next).toMatchObject({ document_id, version: 2 });
    expect(await world.jobEnd(domainId, next.job_id)).toMatchObject({ phase: 'done' });
    expect(await world.documents(domainId)).toMatchObject([{ id: document_id, name: 'tours.txt', type: 'md' }]);
  });

  test('again while the first replacement is being indexed ends as the last one', async () => {
    const document_id = await taught('tours.txt', 'The boat tour costs nineteen crowns.');
    await world.cloud.set({ index_ms: 300 });
    const second = await world.ingest(domainId, 'tours.txt', 'The boat tour costs twenty crowns.', { document_id });
    await eventually(async () => (await world.job(domainId, second.job_id)).phase === 'indexing');
    const third = await world.ingest(domainId, 'tours.txt', 'The boat tour costs thirty crowns.', { document_id });
    expect(third).toMatchObject({ document_id, version: 3 });
    expect(await world.jobEnd(domainId, third.job_id)).toMatchObject({ phase: 'done' });
    await world.jobEnd(domainId, second.job_id);
    await eventually(async () => (await world.versions(document_id)).join() === '3 indexed', 20_000);
    const [found] = await world.search(domainId, 'What does the boat tour cost?');
    expect(found).toMatchObject({ document_id, text: expect.stringContaining('thirty') as string });
  });

  test('is refused when it is unknown, another domain’s, or on its way out', async () => {
    const replace = (document_id: string, of = domainId) => world.ingest(of, 'b.txt', 'Another text.', { document_id });
    await expect(replace(randomUUID())).rejects.toMatchObject({ code: 'document_unknown' });
    const document_id = await taught('a.txt', 'The lamp is lit at dusk.');
    const other = await world.registered('elm.example');
    await expect(replace(document_id, other)).rejects.toMatchObject({ code: 'document_unknown' });
    await world.cloud.set({ list_stale_ms: 300 });
    const match = { method: 'DELETE', path_prefix: '/v2/gen-ai/knowledge_bases' };
    await world.cloud.fault({ match, action: 'status', status: 503, times: 3 });
    const { job_id } = await world.remove(domainId, document_id);
    await expect(replace(document_id)).rejects.toMatchObject({ code: 'conflict' });
    await world.jobEnd(domainId, job_id);
  });
});

test('a removal takes every version away: in use, on its way and failed', async () => {
  const document_id = await taught('a.txt', 'The lamp is lit at dusk.');
  await world.cloud.set({ index_ms: 300 });
  const { job_id } = await world.ingest(domainId, 'a.txt', 'The lamp is lit at dawn.');
  const removal = await world.remove(domainId, document_id);
  expect(await world.search(domainId, 'When is the lamp lit?')).toEqual([]);
  expect(await world.jobEnd(domainId, removal.job_id)).toMatchObject({ phase: 'done', done: 2, total: 2 });
  expect(await world.jobEnd(domainId, job_id)).toMatchObject({ phase: 'cancelled' });
  expect(await world.documents(domainId)).toEqual([]);
  await eventually(async () => (await world.cloud.counts())['knowledge_bases'] === 1, 20_000);
});
