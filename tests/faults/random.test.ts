import { expect, test } from 'vitest';
import { createRandom } from './random.ts';

const draws = (seed: number): readonly number[] => {
  const random = createRandom(seed);
  return Array.from({ length: 100 }, () => random.between(1, 6));
};

test('a seed gives the same choices again, another one others', () => {
  expect(draws(7)).toEqual(draws(7));
  expect(draws(7)).not.toEqual(draws(8));
  expect(new Set(draws(7))).toEqual(new Set([1, 2, 3, 4, 5, 6]));
});

test('one purpose does not disturb the order of another', () => {
  const [left, right] = [createRandom(7), createRandom(7)];
  left.fork('kills').next();
  expect(left.fork('names').next()).toBe(right.fork('names').next());
  expect(left.next()).toBe(right.next());
});
