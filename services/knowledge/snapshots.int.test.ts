import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { getSnapshot, listSnapshots, removeSnapshot } from '../../shared/contracts/knowledge-snapshots.ts';
import { eventually } from '../../tests/support/eventually.ts';
import { openWorld, type World } from './testing/world.ts';

let world: World;
let domainId: string;
beforeAll(async () => {
  world = await openWorld();
});
beforeEach(async () => {
  domainId = await world.registered('oak.example');
});
afterEach(async () => {
  await world.cloud.set({ index_ms: 30 });
  expect(await world.cloud.violations()).toEqual([]);
});
afterAll(() => world.close());

const taught = async (filename: string, text: string): Promise<string> => {
  const { document_id, job_id } = await world.ingest(domainId, filename, text);
  expect(await world.jobEnd(domainId, job_id)).toMatchObject({ phase: 'done' });
  await eventually(async () => (await world.versions(document_id)).length === 1, 20_000);
  return document_id;
};
const removed = async (documentId: string): Promise<void> => {
  const { job_id } = await world.remove(domainId, documentId);
  expect(await world.jobEnd(domainId, job_id)).toMatchObject({ phase: 'done' });
};
const known = async () =>
  Object.fromEntries(
    await Promise.all(
      (await world.documents(domainId)).map(async ({ id, name }) => [
        name,
        (await world.document(domainId, id)).preview,
      ]),
    ),
  ) as Record<string, string>;
const difference = (snapshot_id: string) => world.ask(getSnapshot, { domain_id: domainId, snapshot_id });
const kept = async (): Promise<number> =>
  (await world.sql('select id from kept_versions where domain_id = $1', [domainId])).length;

describe('a snapshot', () => {
  test('holds what answers rest on, not what is on its way in', async () => {
    await taught('a.txt', 'The lamp is lit at dusk.');
    world.holdAttaching();
    const { job_id } = await world.ingest(domainId, 'b.txt', 'The bell rings at noon.');
    await eventually(async () => (await world.job(domainId, job_id)).phase === 'attaching', 20_000);
    expect(await world.snapshot(domainId, 'spring')).toMatchObject({ name: 'spring', documents: 1 });
    await world.attach();
    await world.jobEnd(domainId, job_id);
  });

  test('of nothing, of a name that is taken, of another domain: each is refused with its code', async () => {
    await expect(world.snapshot(domainId, 'empty')).rejects.toMatchObject({ code: 'snapshot_empty' });
    await taught('a.txt', 'The lamp is lit at dusk.');
    const { id } = await world.snapshot(domainId, 'spring');
    await expect(world.snapshot(domainId, ' spring ')).rejects.toMatchObject({ code: 'snapshot_taken' });
    await expect(world.rollBack(domainId, id, 'spring')).rejects.toMatchObject({ code: 'snapshot_taken' });
    const other = await world.registered('elm.example');
    for (const snapshot_id of [id, randomUUID()]) {
      const unknown = { code: 'snapshot_unknown' };
      await expect(world.rollBack(other, snapshot_id)).rejects.toMatchObject(unknown);
      await expect(world.ask(getSnapshot, { domain_id: other, snapshot_id })).rejects.toMatchObject(unknown);
      await expect(world.ask(removeSnapshot, { domain_id: other, snapshot_id })).rejects.toMatchObject(unknown);
    }
    expect((await world.ask(listSnapshots, { domain_id: other })).snapshots).toEqual([]);
    expect((await world.ask(listSnapshots, { domain_id: domainId })).snapshots).toMatchObject([{ id, documents: 1 }]);
  });

  test('keeps texts as long as it is there, and no longer', async () => {
    const documentId = await taught('a.txt', 'The lamp is lit at dusk.');
    const { id } = await world.snapshot(domainId, 'spring');
    const { job_id, snapshots } = await world.remove(domainId, documentId);
    expect(snapshots).toEqual(['spring']);
    await world.jobEnd(domainId, job_id);
    expect([await kept(), await world.search(domainId, 'When is the lamp lit?')]).toEqual([1, []]);
    await world.ask(removeSnapshot, { domain_id: domainId, snapshot_id: id });
    expect(await kept()).toBe(0);
  });

  test('goes with its domain', async () => {
    const documentId = await taught('a.txt', 'The lamp is lit at dusk.');
    await world.snapshot(domainId, 'spring');
    await removed(documentId);
    await world.removed(domainId);
    await eventually(async () => (await kept()) === 0, 20_000);
    expect(await world.sql('select id from knowledge_snapshots where domain_id = $1', [domainId])).toEqual([]);
  });
});

describe('a rollback', () => {
  test('restores what changed and what is gone, and removes what was not there', async () => {
    const changed = await taught('changed.txt', 'The lamp is lit at dusk.');
    const gone = await taught('gone.txt', 'The bell rings at noon.');
    const same = await taught('same.txt', 'The ferry leaves from pier six.');
    const { id } = await world.snapshot(domainId, 'spring');
    await taught('changed.txt', 'The lamp is lit at dawn.');
    await removed(gone);
    const added = await taught('added.txt', 'The vault opens at nine.');
    expect(await difference(id)).toMatchObject({ unchanged: 1, changed: 3 });
    expect((await difference(id)).changes.map(({ name, change }) => `${name} ${change}`).sort()).toEqual([
      'added.txt remove',
      'changed.txt restore',
      'gone.txt restore',
    ]);

    const started = await world.rollBack(domainId, id, 'summer');
    expect(started).toMatchObject({ restored: 2, removed: 1, unchanged: 1 });
    expect(await world.jobEnd(domainId, started.job_id)).toMatchObject({
      kind: 'rollback',
      phase: 'done',
      done: 3,
      counts: { indexed: 2, removed: 1 },
    });
    expect(await known()).toEqual({
      'changed.txt': 'The lamp is lit at dusk.',
      'gone.txt': 'The bell rings at noon.',
      'same.txt': 'The ferry leaves from pier six.',
    });
    const documents = await world.documents(domainId);
    expect(new Set(documents.map((document) => document.id))).toEqual(new Set([changed, gone, same]));
    expect(documents.find((document) => document.id === changed)).toMatchObject({ version: 3, live_version: 3 });
    await eventually(async () => (await world.versions(changed)).length === 1, 20_000);
    const search = async (question: string) => (await world.search(domainId, question))[0]?.text;
    expect(await search('When is the lamp lit?')).toContain('dusk');
    expect(await world.search(domainId, 'When does the vault open?')).toEqual([]);
    expect(await difference(id)).toMatchObject({ unchanged: 3, changed: 0, changes: [] });

    // And forward again: what the rollback took away is kept under the name it was given.
    const { snapshots } = await world.ask(listSnapshots, { domain_id: domainId });
    expect(snapshots.map(({ name }) => name)).toEqual(['summer', 'spring']);
    const forward = await world.rollBack(domainId, snapshots[0]?.id ?? '');
    expect(await world.jobEnd(domainId, forward.job_id)).toMatchObject({ phase: 'done' });
    await eventually(async () => (await world.versions(gone)).length === 0, 20_000);
    expect(await known()).toEqual({
      'added.txt': 'The vault opens at nine.',
      'changed.txt': 'The lamp is lit at dawn.',
      'same.txt': 'The ferry leaves from pier six.',
    });
    expect((await world.documents(domainId)).map((document) => document.id)).toContain(added);
  });

  test('to how things are is done at once', async () => {
    await taught('a.txt', 'The lamp is lit at dusk.');
    const { id } = await world.snapshot(domainId, 'spring');
    const { job_id, ...counts } = await world.rollBack(domainId, id);
    expect(counts).toEqual({ restored: 0, removed: 0, unchanged: 1 });
    expect(await world.job(domainId, job_id)).toMatchObject({ phase: 'done', total: 0 });
  });

  test('while a replacement is being indexed drops that, and the version in use stays', async () => {
    const documentId = await taught('a.txt', 'The lamp is lit at dusk.');
    const { id } = await world.snapshot(domainId, 'spring');
    await world.cloud.set({ index_ms: 300 });
    const { job_id } = await world.ingest(domainId, 'a.txt', 'The lamp is lit at dawn.');
    await eventually(async () => (await world.job(domainId, job_id)).phase === 'indexing', 20_000);
    const started = await world.rollBack(domainId, id);
    expect(started).toMatchObject({ restored: 0, removed: 1 });
    expect(await world.jobEnd(domainId, started.job_id)).toMatchObject({ phase: 'done' });
    expect(await world.jobEnd(domainId, job_id)).toMatchObject({ phase: 'cancelled' });
    expect(await world.versions(documentId)).toEqual(['1 indexed']);
  });

  test('twice at once ends as the snapshot says', async () => {
    const documentId = await taught('a.txt', 'The lamp is lit at dusk.');
    const { id } = await world.snapshot(domainId, 'spring');
    await taught('a.txt', 'The lamp is lit at dawn.');
    const both = await Promise.all([world.rollBack(domainId, id), world.rollBack(domainId, id)]);
    for (const { job_id } of both) expect(await world.jobEnd(domainId, job_id)).toMatchObject({ phase: 'done' });
    expect(both.map(({ restored }) => restored).sort()).toEqual([0, 1]);
    await eventually(async () => (await world.versions(documentId)).join() === '3 indexed', 20_000);
    expect(await known()).toEqual({ 'a.txt': 'The lamp is lit at dusk.' });
  });
});
