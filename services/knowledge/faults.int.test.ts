import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { eventually } from '../../tests/support/eventually.ts';
import { claimBases, insertBase } from './store/bases.ts';
import { openWorld, type World } from './testing/world.ts';

let world: World;
beforeEach(async () => {
  world = await openWorld({ settings: { KNOWLEDGE_CHECK_MS: '150' } });
});
afterEach(async () => {
  expect(await world.cloud.violations()).toEqual([]);
  await world.close();
});

const indexed = (domainId: string) =>
  eventually(async () => {
    const bases = await world.bases(domainId);
    return bases.length > 0 && bases.every(({ state }) => state === 'indexed') && bases;
  }, 20_000);
const uploaded = async (domainId: string, name: string): Promise<string> => {
  const { document_id, job_id } = await world.ingest(domainId, name, `The ${name} lamp is lit at dusk.`);
  expect(await world.jobEnd(domainId, job_id)).toMatchObject({ phase: 'done' });
  return document_id;
};
const sourcesOf = async (kbUuid: string): Promise<readonly { readonly uuid: string }[]> => {
  const answer = await world.inCloud('GET', `/knowledge_bases/${kbUuid}/data_sources?per_page=100`);
  return (answer as { knowledge_base_data_sources: { uuid: string }[] }).knowledge_base_data_sources;
};

describe('a domain that is removed', () => {
  test('leaves nothing behind, whatever was being uploaded at that moment', async () => {
    const domainId = await world.registered('oak.example');
    await indexed(domainId);
    const uploads = Array.from({ length: 8 }, (_, at) => world.ingest(domainId, `${at}.txt`, `The ${at} lamp is lit.`));
    await world.removed(domainId);
    const outcomes = await Promise.allSettled(uploads);
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ code: 'domain_unknown' });
    }
    await eventually(async () => (await world.bases(domainId)).length === 0, 20_000);
    await eventually(async () => (await world.documents(domainId)).length === 0, 20_000);
    expect((await world.cloud.counts())['knowledge_bases']).toBe(0);
    await expect(world.ingest(domainId, 'late.txt', 'Too late.')).rejects.toMatchObject({ code: 'domain_unknown' });
  });

  test('before it was heard of gets no base', async () => {
    const domainId = randomUUID();
    await world.removed(domainId);
    await eventually(async () => {
      const outcome = await world.ingest(domainId, 'a.txt', 'Nobody is there.').catch((thrown: unknown) => thrown);
      return (outcome as { code?: string }).code === 'domain_unknown';
    });
    await world.registered('oak.example', domainId);
    const other = await world.registered('elm.example');
    await indexed(other);
    expect(await world.bases(domainId)).toEqual([]);
    expect((await world.cloud.counts())['knowledge_bases']).toBe(1);
  });
});

describe('an upload into the storage', () => {
  const put = { method: 'PUT', path_prefix: '/storage/uploads' };

  test.each([
    { action: 'reset', phase: 'before' },
    { action: 'reset', phase: 'after' },
    { action: 'hang', phase: 'after' },
    { action: 'status', status: 403, phase: 'before' },
  ])('that is interrupted (%j) is repeated, into one base', async (fault) => {
    const domainId = await world.registered('oak.example');
    await indexed(domainId);
    await world.cloud.fault({ match: put, ...fault });
    await uploaded(domainId, 'a.txt');
    expect((await world.cloud.counts())['knowledge_bases']).toBe(2);
    expect(await world.cloud.waitingFaults()).toEqual([]);
  });

  test('that is refused fails that document alone, in words', async () => {
    const domainId = randomUUID();
    const uploads = await Promise.all(
      ['a.txt', 'b.txt'].map((name) => world.ingest(domainId, name, `The ${name} lamp.`)),
    );
    const match = { method: 'PUT', path_pattern: uploads[1]?.document_id };
    await world.cloud.fault({ match, action: 'status', status: 413, times: 100 });
    await world.registered('oak.example', domainId);
    const ends = await Promise.all(uploads.map(({ job_id }) => world.jobEnd(domainId, job_id)));
    expect(ends.map(({ phase }) => phase)).toEqual(['done', 'failed']);
    expect(ends[1]?.items[0]?.reason).toContain('413');
  });
});

describe('a creation of unknown outcome', () => {
  test('that made two bases keeps the older one', async () => {
    const creation = { method: 'POST', path: '/v2/gen-ai/knowledge_bases' };
    await world.cloud.fault({ match: creation, action: 'reset', phase: 'after' });
    const domainId = await world.registered('oak.example');
    await eventually(async () => (await world.cloud.counts())['knowledge_bases'] === 1);
    const [base] = await world.bases(domainId);
    await world.inCloud('POST', '/knowledge_bases', { name: base?.kb_name, tags: [] });
    await indexed(domainId);
    expect((await world.cloud.counts())['knowledge_bases']).toBe(1);
  });

  test('is no refusal when the cloud speaks of a conflict', async () => {
    const creation = { method: 'POST', path: '/v2/gen-ai/knowledge_bases' };
    await world.cloud.fault({ match: creation, action: 'status', status: 409, phase: 'after' });
    await indexed(await world.registered('oak.example'));
    expect((await world.cloud.counts())['knowledge_bases']).toBe(1);
  });
});

test('a credential that the cloud refuses for a while fails nobody', async () => {
  const domainId = await world.registered('oak.example');
  await indexed(domainId);
  await world.cloud.fault({ action: 'status', status: 401, times: 15 });
  await uploaded(domainId, 'a.txt');
});

test('sources that are listed late are waited for: nothing is called indexed, nor removed, before they are known', async () => {
  const domainId = await world.registered('oak.example');
  await indexed(domainId);
  await world.cloud.set({ list_stale_ms: 1_500 });
  const [a, b] = await Promise.all([uploaded(domainId, 'a.txt'), uploaded(domainId, 'b.txt')]);
  expect(b).not.toBe(a);
  const { job_id } = await world.remove(domainId, a);
  expect(await world.jobEnd(domainId, job_id)).toMatchObject({ phase: 'done' });
  await world.cloud.set({ list_stale_ms: 0 });
  await eventually(async () => {
    const bases = await world.bases(domainId);
    const sources = await Promise.all(bases.map(async ({ kb_uuid }) => (kb_uuid === null ? [] : sourcesOf(kb_uuid))));
    return sources.flat().length === 2;
  }, 20_000);
});

describe('what the cloud lost', () => {
  test('is put there again from our own copy: a whole base, and the agent is given the new one', async () => {
    const domainId = await world.registered('oak.example');
    await indexed(domainId);
    const documentId = await uploaded(domainId, 'a.txt');
    const before = await indexed(domainId);
    for (const { kb_uuid } of before) await world.inCloud('DELETE', `/knowledge_bases/${kb_uuid}`);
    await eventually(async () => {
      const bases = await world.bases(domainId);
      const isNew = bases.every(
        ({ kb_uuid, state }) => state === 'indexed' && !before.some((old) => old.kb_uuid === kb_uuid),
      );
      return bases.length === 2 && isNew;
    }, 20_000);
    expect(await world.documents(domainId)).toMatchObject([{ id: documentId, state: 'indexed', version: 1 }]);
    expect((await world.cloud.counts())['knowledge_bases']).toBe(2);
  });

  test('is put there again: one document, while its neighbour stays', async () => {
    const domainId = randomUUID();
    const uploads = await Promise.all(
      ['a.txt', 'b.txt'].map((name) => world.ingest(domainId, name, `The ${name} lamp.`)),
    );
    await world.registered('oak.example', domainId);
    for (const { job_id } of uploads) await world.jobEnd(domainId, job_id);
    const bases = await indexed(domainId);
    const shared = await Promise.all(
      bases.map(async ({ kb_uuid }) => ({ kb_uuid, sources: await sourcesOf(kb_uuid ?? '') })),
    );
    const full = shared.find(({ sources }) => sources.length === 2);
    await world.inCloud('DELETE', `/knowledge_bases/${full?.kb_uuid}/data_sources/${full?.sources[0]?.uuid}`);
    await eventually(async () => (await world.bases(domainId)).length === 3, 20_000);
    await indexed(domainId);
    expect((await world.documents(domainId)).map(({ state }) => state)).toEqual(['indexed', 'indexed']);
  });
});

test('a domain that brings much leaves room for the others', async () => {
  const [busy, other] = [randomUUID(), randomUUID()];
  const claimed = await world.database.transaction(async (tx) => {
    await tx.$executeRaw`update knowledge_bases set next_at = now() + interval '1 hour'`;
    for (const domainId of [...Array.from({ length: 20 }, () => busy), other]) {
      const id = randomUUID();
      await insertBase(tx, { id, domainId, websiteKey: '0'.repeat(16), websiteUrl: 'https://x', kbName: id });
    }
    await tx.$executeRaw`update knowledge_bases set next_at = now() - interval '1 second' where website_key = ${'0'.repeat(16)}`;
    const claim = { owner: randomUUID(), leaseMs: 60_000, limit: 6 };
    const first = await claimBases(tx, claim);
    const second = await claimBases(tx, claim);
    await tx.knowledgeBase.deleteMany({ where: { domainId: { in: [busy, other] } } });
    return [first, second].map((bases) => bases.map(({ domainId }) => domainId).sort());
  });
  expect(claimed).toEqual([[busy, busy, other].sort(), []]);
});

test('what a base does is told under the request that brought its documents', async () => {
  const domainId = await world.registered('oak.example');
  await indexed(domainId);
  const { job_id } = await world.ingest(domainId, 'a.txt', 'The lamp is lit at dusk.');
  await world.jobEnd(domainId, job_id);
  const told = await world.told(domainId, ['DocumentAccepted', 'KbCreated', 'DocumentIndexed']);
  const [accepted] = told.filter(({ name }) => name === 'DocumentAccepted');
  const later = told.filter(({ occurred_at }) => accepted !== undefined && occurred_at >= accepted.occurred_at);
  expect(new Set(later.map(({ correlation_id }) => correlation_id)).size).toBe(1);
  expect(later).toHaveLength(3);
});
