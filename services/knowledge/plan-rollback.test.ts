import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { planRollback, type WantedVersion } from './plan-rollback.ts';

const content = { bytes: 3, chunkSize: 1000, useSemantic: false };
const wanted = (originalId: string, hash: string): WantedVersion => ({
  ...content,
  originalId,
  name: originalId,
  hash,
  versionId: `${originalId}-${hash}`,
});
const row = (originalId: string, hash: string, state: 'indexed' | 'indexing' | 'failed' = 'indexed') => ({
  ...content,
  id: `${originalId}-${hash}-${state}`,
  originalId,
  name: originalId,
  hash,
  state,
});

describe('a rollback', () => {
  test('leaves alone what is as it was', () => {
    expect(planRollback([wanted('a', '1')], [row('a', '1')])).toEqual({
      restore: [],
      remove: [],
      drop: [],
      unchanged: 1,
    });
  });

  test('restores what changed and what is gone', () => {
    const plan = planRollback([wanted('a', '1'), wanted('b', '1')], [row('a', '2')]);
    expect(plan).toMatchObject({ restore: [{ originalId: 'a' }, { originalId: 'b' }], remove: [], unchanged: 0 });
  });

  test('removes what was not there, with all its versions', () => {
    const plan = planRollback([wanted('a', '1')], [row('a', '1'), row('c', '2', 'indexing'), row('c', '1')]);
    expect(plan.remove).toHaveLength(2);
    expect(plan.unchanged).toBe(1);
  });

  test('of a document whose next version is not in use only drops that one', () => {
    for (const state of ['indexing', 'failed'] as const) {
      const plan = planRollback([wanted('a', '1')], [row('a', '2', state), row('a', '1')]);
      expect(plan).toMatchObject({ restore: [], remove: [], drop: [{ hash: '2' }], unchanged: 0 });
    }
  });

  test('restores what failed the last time it was tried', () => {
    expect(planRollback([wanted('a', '1')], [row('a', '1', 'failed')]).restore).toHaveLength(1);
  });

  test('keeps no document that is not wanted, and misses none that is', () => {
    const ids = fc.constantFrom('a', 'b', 'c', 'd');
    const rows = fc.array(
      fc.record({ id: ids, hash: fc.constantFrom('1', '2'), state: fc.constantFrom('indexed', 'failed') }),
    );
    const some = fc.uniqueArray(fc.record({ id: ids, hash: fc.constantFrom('1', '2') }), { selector: ({ id }) => id });
    fc.assert(
      fc.property(some, rows, (want, have) => {
        const present = have.map(({ id, hash, state }, at) => ({ ...row(id, hash, state), id: String(at) }));
        const plan = planRollback(
          want.map(({ id, hash }) => wanted(id, hash)),
          present,
        );
        const gone = new Set([...plan.remove, ...plan.drop].map(({ id }) => id));
        const left = present.filter(({ id }) => !gone.has(id));
        for (const { originalId } of left) expect(want.map(({ id }) => id)).toContain(originalId);
        for (const { id, hash } of want) {
          const [newest] = left.filter(({ originalId }) => originalId === id);
          const isRestored = plan.restore.some(({ originalId }) => originalId === id);
          expect(isRestored || (newest?.hash === hash && newest.state === 'indexed')).toBe(true);
        }
      }),
    );
  });
});
