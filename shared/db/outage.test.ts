import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Failure } from '../errors/failure.ts';
import { watchOutage, type Outage } from './outage.ts';

let answers: boolean;
let looks: number;
let outage: Outage;
beforeEach(() => {
  vi.useFakeTimers();
  [answers, looks] = [true, 0];
  outage = watchOutage({
    isReachable: async () => {
      looks += 1;
      return answers;
    },
  });
});
afterEach(() => {
  outage.end();
  vi.useRealTimers();
});
const passes = (): boolean => {
  try {
    outage.check();
    return true;
  } catch (thrown) {
    expect(thrown).toBeInstanceOf(Failure);
    return false;
  }
};

test('a call without an answer from a database that is there refuses nobody', async () => {
  outage.suspect();
  await vi.advanceTimersByTimeAsync(1_000);
  expect([passes(), looks]).toEqual([true, 1]);
});

test('a database that is away refuses at once, and lets through as soon as it answers', async () => {
  answers = false;
  for (let call = 0; call < 100; call += 1) outage.suspect();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(passes()).toBe(false);
  expect(looks).toBeLessThanOrEqual(5);
  answers = true;
  await vi.advanceTimersByTimeAsync(250);
  expect(passes()).toBe(true);
  const before = looks;
  await vi.advanceTimersByTimeAsync(10_000);
  expect(looks).toBe(before);
});
