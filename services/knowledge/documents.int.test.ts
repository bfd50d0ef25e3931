import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { eventually } from '../../tests/support/eventually.ts';
import { openWorld, type World } from './testing/world.ts';

let world: World;
let domainId: string;
beforeAll(async () => {
  world = await openWorld();
});
beforeEach(async () => {
  domainId = await world.registered('oak.example');
  await eventually(async () => (await world.bases(domainId))[0]?.state === 'indexed', 20_000);
});
afterEach(async () => {
  await world.cloud.set({ index_ms: 30, fail_indexing: 0 });
  expect(await world.cloud.violations()).toEqual([]);
});
afterAll(() => world.close());

const taught = async (filename: string, text: string): Promise<{ document_id: string; job_id: string }> => {
  const upload = await world.ingest(domainId, filename, text);
  expect(await world.jobEnd(domainId, upload.job_id)).toMatchObject({ phase: 'done' });
  return upload;
};
const refused = async (filename: string, text = 'The lamp is lit at dawn.') => {
  const match = { method: 'POST', path: '/v2/gen-ai/knowledge_bases' };
  await world.cloud.fault({ match, action: 'status', status: 422 });
  const upload = await world.ingest(domainId, filename, text);
  expect(await world.jobEnd(domainId, upload.job_id)).toMatchObject({ phase: 'failed' });
  return upload;
};

describe('a document', () => {
  test('tells its language, its size and what the bot reads of it, part by part', async () => {
    const text =
      `# Lampen\n\n${'Die Lampe wird in der Dämmerung angezündet und am Morgen gelöscht. 🪔 '.repeat(90)}`.trim();
    const { document_id } = await taught('lampen.md', text);
    const { document, preview } = await world.document(domainId, document_id);
    expect(document).toMatchObject({ language: 'de', bytes: Buffer.byteLength(text), version: 1, live_version: 1 });
    expect(Array.from(preview)).toHaveLength(2_000);

    let read = '';
    let offset: number | null = 0;
    while (offset !== null) {
      const part = await world.read(domainId, document_id, { offset, limit: 1_000 });
      expect(Array.from(part.text).length).toBeLessThanOrEqual(1_000);
      read += part.text;
      offset = part.next_offset;
    }
    expect(read).toBe(text);
    expect(read.startsWith(preview)).toBe(true);
    expect(await world.read(domainId, document_id, { offset: 1_000_000 })).toMatchObject({
      text: '',
      next_offset: null,
    });
  });

  test('lists its versions and reads each that is kept', async () => {
    const { document_id } = await taught('a.txt', 'The lamp is lit at dusk.');
    await refused('a.txt');
    const { document, versions } = await world.document(domainId, document_id);
    expect(document).toMatchObject({ version: 2, state: 'failed', live_version: 1, error: { code: 'cloud_refused' } });
    expect(versions.map(({ version, state, is_live }) => [version, state, is_live])).toEqual([
      [2, 'failed', false],
      [1, 'indexed', true],
    ]);
    expect((await world.read(domainId, document_id)).text).toContain('dawn');
    expect((await world.read(domainId, document_id, { version: 1 })).text).toContain('dusk');
    await expect(world.read(domainId, document_id, { version: 7 })).rejects.toMatchObject({ code: 'document_unknown' });
  });

  test('is unknown to another domain in every way', async () => {
    const { document_id, job_id } = await taught('a.txt', 'The lamp is lit at dusk.');
    const other = await world.registered('elm.example');
    const missing = randomUUID();
    for (const id of [document_id, missing]) {
      await expect(world.document(other, id)).rejects.toMatchObject({ code: 'document_unknown' });
      await expect(world.read(other, id)).rejects.toMatchObject({ code: 'document_unknown' });
      await expect(world.remove(other, id)).rejects.toMatchObject({ code: 'document_unknown' });
      await expect(world.reindex(other, id)).rejects.toMatchObject({ code: 'document_unknown' });
    }
    for (const id of [job_id, missing]) {
      await expect(world.retry(other, id)).rejects.toMatchObject({ code: 'job_unknown' });
      await expect(world.cancel(other, id)).rejects.toMatchObject({ code: 'job_unknown' });
      await expect(world.items(other, id)).rejects.toMatchObject({ code: 'job_unknown' });
    }
    expect((await world.jobs(other)).jobs).toEqual([]);
  });
});

describe('a job that is cancelled', () => {
  test('drops what it was to bring in, and what was to be replaced stays in use', async () => {
    const { document_id } = await taught('a.txt', 'The lamp is lit at dusk.');
    await world.cloud.set({ index_ms: 400 });
    const { job_id } = await world.ingest(domainId, 'a.txt', 'The lamp is lit at dawn.');
    await eventually(async () => (await world.job(domainId, job_id)).phase === 'indexing', 20_000);
    expect(await world.cancel(domainId, job_id)).toMatchObject({ job: { phase: 'cancelled', eta_s: null } });
    await eventually(async () => (await world.versions(document_id)).join() === '1 indexed', 20_000);
    await eventually(async () => (await world.bases(domainId)).length === 2, 20_000);
    expect(await world.job(domainId, job_id)).toMatchObject({ phase: 'cancelled' });
    const [found] = await world.search(domainId, 'When is the lamp lit?');
    expect(found?.text).toContain('dusk');
  });

  test('a second time, or after its end, is refused as ended', async () => {
    world.holdAttaching();
    const { job_id } = await world.ingest(domainId, 'a.txt', 'The lamp is lit at dusk.');
    await world.cancel(domainId, job_id);
    await expect(world.cancel(domainId, job_id)).rejects.toMatchObject({ code: 'job_ended' });
    await world.attach();
    const done = await taught('b.txt', 'The bell rings at noon.');
    await expect(world.cancel(domainId, done.job_id)).rejects.toMatchObject({ code: 'job_ended' });
  });
});

describe('what failed', () => {
  test('is tried again by its job: that document, once', async () => {
    const failed = await refused('a.txt');
    const { document_id, job_id } = failed;
    const again = await world.retry(domainId, job_id, { document_id });
    await expect(world.retry(domainId, job_id, { document_id })).rejects.toMatchObject({ code: 'conflict' });
    expect(await world.jobEnd(domainId, again.job_id)).toMatchObject({ kind: 'reindex', phase: 'done' });
    expect(await world.documents(domainId)).toMatchObject([{ id: document_id, state: 'indexed' }]);
  });

  test('and nothing else can be tried again', async () => {
    const { document_id, job_id } = await taught('a.txt', 'The lamp is lit at dusk.');
    await expect(world.retry(domainId, job_id)).rejects.toMatchObject({ code: 'conflict' });
    const unknown = { code: 'document_unknown' };
    await expect(world.retry(domainId, job_id, { document_id })).rejects.toMatchObject(unknown);
    await expect(world.retry(domainId, job_id, { url: 'https://oak.example/' })).rejects.toMatchObject(unknown);
  });

  test('is told by its job and its items with code and words', async () => {
    const { document_id, job_id } = await refused('a.txt');
    const job = await world.job(domainId, job_id);
    const [item] = job.items;
    expect(job).toMatchObject({ counts: { failed: 1 }, eta_s: null, error: { code: 'cloud_refused' } });
    expect(item).toMatchObject({ name: 'a.txt', state: 'failed', code: 'cloud_refused', document_id });
    expect(item?.reason).toBe(job.error?.message);
  });
});

describe('jobs', () => {
  test('are listed newest first, without what the house does by itself', async () => {
    const first = await taught('a.txt', 'The lamp is lit at dusk.');
    const second = await taught('a.txt', 'The lamp is lit at dawn.');
    const rows = 'select id from documents where original_id = $1';
    await eventually(async () => (await world.sql(rows, [first.document_id])).length === 1, 20_000);
    const removal = await world.remove(domainId, first.document_id);
    await world.jobEnd(domainId, removal.job_id);
    const { jobs, total } = await world.jobs(domainId);
    expect(jobs.map(({ id }) => id)).toEqual([removal.job_id, second.job_id, first.job_id]);
    expect([total, jobs[0]]).toMatchObject([3, { kind: 'remove', phase: 'done', counts: { removed: 1 } }]);
  });

  test('of thousands of items show the failed ones and page through all', async () => {
    const { job_id } = await taught('a.txt', 'The lamp is lit at dusk.');
    await world.sql(
      `insert into job_items (job_id, position, name, state)
       select $1, i, 'page ' || i, case when i = 700 then 'failed' else 'skipped' end from generate_series(1, 900) i`,
      [job_id],
    );
    const job = await world.job(domainId, job_id);
    expect(job.items).toHaveLength(200);
    expect(job.counts).toEqual({ failed: 1, indexed: 1, skipped: 899 });
    expect(job.items.filter(({ state }) => state === 'failed')).toMatchObject([{ name: 'page 700' }]);

    const names: string[] = [];
    let cursor: string | null = null;
    do {
      const page = await world.items(domainId, job_id, { limit: 100, ...(cursor === null ? {} : { cursor }) });
      names.push(...page.items.map(({ name }) => name));
      expect(page.total).toBe(901);
      cursor = page.next_cursor;
    } while (cursor !== null);
    expect(new Set(names).size).toBe(901);
    expect(await world.items(domainId, job_id, { state: 'failed' })).toMatchObject({ total: 1, next_cursor: null });
    await expect(world.items(domainId, job_id, { cursor: 'x' })).rejects.toMatchObject({ code: 'invalid_request' });
  });

  test('say how long they may take once others have', async () => {
    for (const name of ['a.txt', 'b.txt', 'c.txt']) await taught(name, `The ${name} lamp is lit.`);
    await world.sql(`update jobs set created_at = updated_at - interval '1 minute' where domain_id = $1`, [domainId]);
    await world.cloud.set({ index_ms: 300 });
    const { job_id } = await world.ingest(domainId, 'd.txt', 'The last lamp is out.');
    const { eta_s } = await world.job(domainId, job_id);
    expect(eta_s).toBeGreaterThan(40);
    expect(eta_s).toBeLessThanOrEqual(60);
    expect((await world.jobEnd(domainId, job_id)).eta_s).toBeNull();
  });
});
