import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createOnce, creationVerdict, planCreation } from './create-once.ts';

test('an intent of unknown outcome is never followed by a creation without a look', () => {
  fc.assert(
    fc.property(fc.nat(200_000), fc.nat(200_000), (ageMs, settleMs) => {
      const plan = planCreation(ageMs, settleMs);
      expect(plan.do).not.toBe('create');
      if (plan.do === 'wait') expect(planCreation(ageMs + plan.waitMs, settleMs)).toEqual({ do: 'look_up' });
    }),
  );
  expect(planCreation(null, 90_000)).toEqual({ do: 'create' });
});

test.each([
  [400, 'refused'],
  [401, 'refused'],
  [403, 'refused'],
  [404, 'refused'],
  [422, 'refused'],
  [429, 'busy'],
  [408, 'unknown'],
  [409, 'unknown'],
  [500, 'unknown'],
  [502, 'unknown'],
  [503, 'unknown'],
  [302, 'unknown'],
  [undefined, 'unknown'],
] as const)('a creation answered with %s is %s', (status, verdict) => {
  expect(creationVerdict(status)).toBe(verdict);
});

const clock = { now: () => 0 };
const untouched = (): never => {
  throw new Error('not to be called');
};

test('a process that was paused between its intent and its POST sends none', async () => {
  let nowMs = 0;
  const created = await createOnce({ clock: { now: () => nowMs }, settleMs: 90_000 })({
    intentAgeMs: null,
    lookUp: untouched,
    commitIntent: async () => {
      nowMs += 1_001;
      return true;
    },
    create: untouched,
  });
  expect(created).toEqual({ outcome: 'idle' });
});

test('nothing is created when the intent could not be committed, and nothing before an open one has settled', async () => {
  const settled = { clock, settleMs: 1_000 };
  const lost = { lookUp: async () => undefined, commitIntent: async () => false, create: untouched };
  expect(await createOnce(settled)({ ...lost, intentAgeMs: 1_000 })).toEqual({ outcome: 'superseded' });
  const open = { lookUp: untouched, commitIntent: untouched, create: untouched };
  expect(await createOnce(settled)({ ...open, intentAgeMs: 400 })).toEqual({ outcome: 'waiting', waitMs: 600 });
});

test('what a look finds is adopted; what it does not find is made under a new intent', async () => {
  const settled = { clock, settleMs: 1_000 };
  const found = { lookUp: async () => 'old', commitIntent: untouched, create: untouched };
  expect(await createOnce(settled)({ ...found, intentAgeMs: 1_000 })).toEqual({ outcome: 'made', thing: 'old' });
  const absent = { lookUp: async () => undefined, commitIntent: async () => true, create: async () => 'new' };
  expect(await createOnce(settled)({ ...absent, intentAgeMs: 1_000 })).toEqual({ outcome: 'made', thing: 'new' });
});
