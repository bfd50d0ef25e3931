import { expect, test } from 'vitest';
import { sharedFor } from './shared-for.ts';

const slowWork = () => {
  const ends: (() => void)[] = [];
  let now = 0;
  const ask = sharedFor(
    300,
    { now: () => now },
    () => new Promise<number>((resolve) => ends.push(() => resolve(ends.length))),
  );
  return { ask, ends, pass: (ms: number) => (now += ms) };
};

test('one run serves all who ask soon after its start', async () => {
  const { ask, ends } = slowWork();
  const asked = [ask(), ask()];
  await expect.poll(() => ends.length).toBe(1);
  ends[0]?.();
  expect(await Promise.all(asked)).toEqual([1, 1]);
});

test('all who ask later in a slow run share the one after it, so that no two runs compete', async () => {
  const { ask, ends, pass } = slowWork();
  const first = ask();
  await expect.poll(() => ends.length).toBe(1);
  pass(1_000);
  const later = [ask(), ask(), ask()];
  ends[0]?.();
  await first;
  await expect.poll(() => ends.length).toBe(2);
  ends[1]?.();
  expect(await Promise.all(later)).toEqual([2, 2, 2]);
});
