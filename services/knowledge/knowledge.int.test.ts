import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { eventually } from '../../tests/support/eventually.ts';
import { openWorld, type World } from './testing/world.ts';

let world: World;
beforeEach(async () => {
  world = await openWorld();
});
afterEach(async () => {
  expect(await world.cloud.violations()).toEqual([]);
  await world.close();
});

const creation = { method: 'POST', path: '/v2/gen-ai/knowledge_bases' };
const creationsAnswered = async (status: number): Promise<number> =>
  (await world.cloud.journal()).filter(
    (entry) => entry.method === 'POST' && entry.path === creation.path && entry.status === status,
  ).length;
const indexed = (domainId: string) =>
  eventually(async () => {
    const bases = await world.bases(domainId);
    return bases.length > 0 && bases.every(({ state }) => state === 'indexed') && bases;
  }, 20_000);

describe('creating a base', () => {
  test.each([
    { action: 'reset', phase: 'after' },
    { action: 'truncate', phase: 'after' },
    { action: 'hang', phase: 'after' },
    { action: 'status', status: 502, phase: 'after' },
    { action: 'garbage', phase: 'after' },
  ])('whose answer is lost (%j) never makes a second one', async (fault) => {
    await world.cloud.fault({ match: creation, ...fault });
    await indexed(await world.registered('oak.example'));
    expect(await world.cloud.counts()).toMatchObject({ knowledge_bases: 1, databases: 1 });
    expect(await world.cloud.waitingFaults()).toEqual([]);
  });

  test.each([
    { action: 'reset', phase: 'before' },
    { action: 'status', status: 500, phase: 'before' },
    { action: 'hang', phase: 'before' },
  ])('that never reached the cloud (%j) is tried again', async (fault) => {
    await world.cloud.fault({ match: creation, ...fault });
    await indexed(await world.registered('oak.example'));
    expect((await world.cloud.counts())['knowledge_bases']).toBe(1);
  });

  test('that is limited waits as long as it is told', async () => {
    await world.cloud.fault({ match: creation, action: 'status', status: 429, retry_after: 2 });
    const startedAt = performance.now();
    await indexed(await world.registered('oak.example'));
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(2_000);
    expect([await creationsAnswered(429), await world.cloud.counts()]).toMatchObject([1, { knowledge_bases: 1 }]);
  });

  test('that is refused fails the documents with words, and the next upload has another chance', async () => {
    const domainId = await world.registered('oak.example');
    await indexed(domainId);
    await world.cloud.fault({ match: creation, action: 'status', status: 422 });
    const first = await world.ingest(domainId, 'a.txt', 'The lamp is lit at dusk.');
    expect(await world.jobEnd(domainId, first.job_id)).toMatchObject({
      phase: 'failed',
      error: { code: 'cloud_refused' },
    });
    const [document] = await world.documents(domainId);
    expect(document).toMatchObject({ state: 'failed', error: { code: 'cloud_refused' } });
    expect(document?.error?.message.length).toBeGreaterThan(10);
    const second = await world.ingest(domainId, 'a.txt', 'The lamp is lit at dusk.');
    expect(second).toMatchObject({ document_id: first.document_id, version: 2, unchanged: false });
    expect(await world.jobEnd(domainId, second.job_id)).toMatchObject({ phase: 'done' });
  });

  test('by two domains at once makes one cluster, which they share', async () => {
    await world.startReplica();
    await world.cloud.set({ database_ms: 600 });
    const domains = await Promise.all([world.registered('oak.example'), world.registered('elm.example')]);
    await Promise.all(domains.map(indexed));
    expect(await world.cloud.counts()).toMatchObject({ knowledge_bases: 2, databases: 1 });
  });

  test('for a domain that is removed meanwhile leaves nothing in the cloud', async () => {
    await world.cloud.fault({ match: creation, action: 'slow_ms', slow_ms: 300, phase: 'before' });
    const domainId = await world.registered('oak.example');
    await eventually(async () => (await world.cloud.journal()).some(({ path }) => path === creation.path));
    await world.removed(domainId);
    await eventually(async () => (await world.bases(domainId)).length === 0, 20_000);
    expect((await world.cloud.counts())['knowledge_bases']).toBe(0);
  });
});

describe('indexing', () => {
  test('that leaves a document out fails that one, in words, and finishes the others', async () => {
    // Uploads from before the domain is known wait together, and so share a base.
    const domainId = randomUUID();
    const names = ['a.txt', 'b.txt', 'c.txt'];
    const uploads = await Promise.all(names.map((name) => world.ingest(domainId, name, `The ${name} lamp is lit.`)));
    // The storage says that it took the second file, and has not.
    const match = { method: 'PUT', path_pattern: uploads[1]?.document_id };
    await world.cloud.fault({ match, action: 'status', status: 200, body: {} });
    await world.registered('oak.example', domainId);
    const ends = await Promise.all(uploads.map(({ job_id }) => world.jobEnd(domainId, job_id)));
    expect(ends.map(({ phase }) => phase)).toEqual(['done', 'failed', 'done']);
    expect(await world.bases(domainId)).toHaveLength(2);

    const documents = await world.documents(domainId);
    const failed = documents.filter(({ state }) => state === 'failed');
    expect(failed).toMatchObject([
      { name: 'b.txt', error: { code: 'cloud_refused', message: 'the stored object does not exist or has expired' } },
    ]);
    expect(documents.filter(({ state }) => state === 'indexed')).toHaveLength(2);
    expect(ends[1]?.items).toMatchObject([{ name: 'b.txt', state: 'failed', reason: failed[0]?.error?.message }]);
  });

  test('that fails as a whole fails its documents, and no others', async () => {
    const domainId = await world.registered('oak.example');
    await indexed(domainId);
    const first = await world.ingest(domainId, 'a.txt', 'The lamp is lit at dusk.');
    await world.jobEnd(domainId, first.job_id);
    await world.cloud.set({ fail_indexing: 1 });
    const late = await world.ingest(domainId, 'd.txt', 'The last lamp is out.');
    expect(await world.jobEnd(domainId, late.job_id)).toMatchObject({ phase: 'failed' });
    const documents = await world.documents(domainId);
    expect(documents.find(({ name }) => name === 'd.txt')).toMatchObject({
      state: 'failed',
      error: { code: 'cloud_refused', message: expect.stringMatching(/\w+ \w+ \w+/) as string },
    });
    expect(documents.find(({ name }) => name === 'a.txt')).toMatchObject({ state: 'indexed' });
  });

  test('outlasts a cloud that is away', async () => {
    const domainId = await world.registered('oak.example');
    await indexed(domainId);
    await world.cloud.fault({ action: 'status', status: 503, times: 12 });
    const { job_id } = await world.ingest(domainId, 'a.txt', 'The lamp is lit at dusk.');
    expect(await world.jobEnd(domainId, job_id)).toMatchObject({ phase: 'done' });
    expect(await world.cloud.waitingFaults()).toEqual([]);
  });
});

describe('a document', () => {
  test('told before its domain is known here waits for it', async () => {
    const domainId = randomUUID();
    const { job_id } = await world.ingest(domainId, 'a.txt', 'The lamp is lit at dusk.');
    expect((await world.job(domainId, job_id)).phase).toBe('extracting');
    await world.registered('oak.example', domainId);
    expect(await world.jobEnd(domainId, job_id)).toMatchObject({ phase: 'done' });
  });

  test.each([0, 300])(
    'and its next version %i ms ahead of it: both jobs end, and the newer alone remains',
    async (slow_ms) => {
      const domainId = await world.registered('oak.example');
      await indexed(domainId);
      // The base of the first version is made late, so that the second one overtakes it.
      if (slow_ms > 0) await world.cloud.fault({ match: creation, action: 'slow_ms', slow_ms });
      const first = await world.ingest(domainId, 'a.txt', 'The lamp is lit at dusk.');
      if (slow_ms > 0) await eventually(async () => (await world.cloud.waitingFaults()).length === 0);
      const second = await world.ingest(domainId, 'a.txt', 'The lamp is lit at dawn.');
      for (const { job_id } of [second, first]) {
        expect(await world.jobEnd(domainId, job_id)).toMatchObject({ phase: 'done' });
      }
      await eventually(async () => (await world.versions(first.document_id)).length === 1, 20_000);
      expect(await world.documents(domainId)).toMatchObject([{ id: second.document_id, version: 2, state: 'indexed' }]);
    },
  );

  test('is replaced only when the agent answers from its next version', async () => {
    const domainId = await world.registered('oak.example');
    const first = await world.ingest(domainId, 'a.txt', 'The lamp is lit at dusk.');
    await world.jobEnd(domainId, first.job_id);
    world.holdAttaching();
    const second = await world.ingest(domainId, 'a.txt', 'The lamp is lit at dawn.');
    await eventually(async () => (await world.job(domainId, second.job_id)).phase === 'attaching');
    expect(await world.documents(domainId)).toMatchObject([
      { id: first.document_id, version: 2, state: 'indexed', live_version: 1 },
    ]);
    expect(await world.versions(first.document_id)).toEqual(['2 indexed', '1 indexed']);
    await world.attach();
    expect(await world.jobEnd(domainId, second.job_id)).toMatchObject({ phase: 'done' });
    await eventually(async () => (await world.versions(first.document_id)).length === 1, 20_000);
    expect(await world.documents(domainId)).toMatchObject([{ version: 2, live_version: 2 }]);
  });

  test('removed while it is on its way in ends both jobs and leaves nothing', async () => {
    const domainId = await world.registered('oak.example');
    await indexed(domainId);
    await world.cloud.set({ index_ms: 400 });
    const upload = await world.ingest(domainId, 'a.txt', 'The lamp is lit at dusk.');
    const removal = await world.remove(domainId, upload.document_id);
    expect(await world.jobEnd(domainId, removal.job_id)).toMatchObject({ phase: 'done' });
    expect((await world.jobEnd(domainId, upload.job_id)).total).toBe(1);
    expect(await world.documents(domainId)).toEqual([]);
    await eventually(async () => (await world.bases(domainId)).length === 1, 20_000);
    expect((await world.cloud.counts())['knowledge_bases']).toBe(1);
  });

  test('and its neighbour removed at once take their base along', async () => {
    const domainId = await world.registered('oak.example');
    await indexed(domainId);
    const uploads = await Promise.all(
      ['a.txt', 'b.txt'].map((name) => world.ingest(domainId, name, `The ${name} lamp is lit.`)),
    );
    for (const { job_id } of uploads) await world.jobEnd(domainId, job_id);
    const removals = await Promise.all(uploads.map(({ document_id }) => world.remove(domainId, document_id)));
    for (const { job_id } of removals) expect(await world.jobEnd(domainId, job_id)).toMatchObject({ phase: 'done' });
    await eventually(async () => (await world.bases(domainId)).length === 1, 20_000);
    await eventually(async () => (await world.cloud.counts())['knowledge_bases'] === 1, 20_000);
    expect(await world.documents(domainId)).toEqual([]);
  });

  test('whose removal the cloud refuses for a while is removed in the end, and the removal cannot be cancelled', async () => {
    const domainId = await world.registered('oak.example');
    await indexed(domainId);
    const uploads = await Promise.all(
      ['a.txt', 'b.txt'].map((name) => world.ingest(domainId, name, `The ${name} lamp is lit.`)),
    );
    for (const { job_id } of uploads) await world.jobEnd(domainId, job_id);
    const refused = { method: 'DELETE', path_prefix: '/v2/gen-ai/knowledge_bases' };
    await world.cloud.fault({ match: refused, action: 'status', status: 401, times: 3 });
    const { job_id } = await world.remove(domainId, uploads[0]?.document_id ?? '');
    await expect(world.cancel(domainId, job_id)).rejects.toMatchObject({ code: 'conflict' });
    expect(await world.jobEnd(domainId, job_id)).toMatchObject({ phase: 'done' });
    expect((await world.documents(domainId)).map(({ name }) => name)).toEqual(['b.txt']);
  });

  test('that failed beside an older version is indexed again, and then replaces it', async () => {
    const domainId = await world.registered('oak.example');
    await indexed(domainId);
    const first = await world.ingest(domainId, 'a.txt', 'The lamp is lit at dusk.');
    await world.jobEnd(domainId, first.job_id);
    await world.cloud.fault({ match: creation, action: 'status', status: 422 });
    const second = await world.ingest(domainId, 'a.txt', 'The lamp is lit at dawn.');
    expect(await world.jobEnd(domainId, second.job_id)).toMatchObject({ phase: 'failed' });
    const again = await world.reindex(domainId, second.document_id);
    expect(await world.jobEnd(domainId, again.job_id)).toMatchObject({ phase: 'done' });
    await eventually(async () => (await world.versions(first.document_id)).length === 1, 20_000);
    expect(await world.documents(domainId)).toMatchObject([{ version: 3, state: 'indexed' }]);
  });

  test('that the agent is never given fails its job, in words', async () => {
    const domainId = await world.registered('oak.example');
    await indexed(domainId);
    world.holdAttaching();
    const { job_id } = await world.ingest(domainId, 'a.txt', 'The lamp is lit at dusk.');
    await eventually(async () => (await world.job(domainId, job_id)).phase === 'attaching', 20_000);
    await world.refuse(domainId, 'Too many bases');
    expect(await world.jobEnd(domainId, job_id)).toMatchObject({
      phase: 'failed',
      error: { code: 'cloud_refused', message: expect.stringContaining('Too many bases') as string },
    });
    const told = await world.told(domainId, ['JobProgressed']);
    expect(told.at(-1)?.data).toMatchObject({ job_id, phase: 'failed' });
  });

  test('indexed again twice at once gets one new version', async () => {
    const domainId = await world.registered('oak.example');
    const { document_id, job_id } = await world.ingest(domainId, 'a.txt', 'The lamp is lit.');
    await world.jobEnd(domainId, job_id);
    const outcomes = await Promise.allSettled([
      world.reindex(domainId, document_id),
      world.reindex(domainId, document_id),
    ]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    await eventually(async () => {
      const [document, ...others] = await world.documents(domainId);
      return others.length === 0 && document?.version === 2 && document.state === 'indexed';
    }, 20_000);
  });
});
