import { expect, it } from 'vitest';
import { ndcg, percentile, recall, reciprocalRank } from './figures.ts';

const relevant = new Set(['a', 'b']);

it('a ranking is perfect when the relevant ones stand first, in any order', () => {
  expect(ndcg(['b', 'a', 'x'], relevant, 10)).toBe(1);
  expect(recall(['b', 'a', 'x'], relevant, 2)).toBe(1);
});

it('a relevant one counts less the later it stands, and nothing past the limit', () => {
  expect(ndcg(['x', 'a', 'b'], relevant, 10)).toBeCloseTo((1 / Math.log2(3) + 1 / 2) / (1 + 1 / Math.log2(3)));
  expect(reciprocalRank(['x', 'x', 'a'], relevant, 10)).toBeCloseTo(1 / 3);
  expect(reciprocalRank(['x', 'x', 'a'], relevant, 2)).toBe(0);
  expect(recall(['x', 'a', 'b'], relevant, 2)).toBe(0.5);
});

it('a ranking without a relevant one, or a question without any, is worth nothing', () => {
  expect(ndcg(['x'], relevant, 10)).toBe(0);
  expect(ndcg(['x'], new Set(), 10)).toBe(0);
  expect(recall([], new Set(), 10)).toBe(0);
});

it('a percentile is one of the values', () => {
  expect(percentile([3, 1, 2, 4], 0.5)).toBe(2);
  expect(percentile([3, 1, 2, 4], 0.95)).toBe(4);
  expect(percentile([], 0.5)).toBe(0);
});
