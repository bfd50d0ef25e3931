import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createBestOf } from './best-of.ts';

it('keeps the best in the order that sorting would give, the first of equal ones first', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 9 })), fc.integer({ min: 1, max: 8 }), (scores, limit) => {
      const best = createBestOf<number>(limit);
      scores.forEach((score, at) => best.offer(at, score));
      const sorted = scores.map((score, at) => [at, score] as const).sort(([, left], [, right]) => right - left);
      expect(best.ranked()).toEqual(sorted.slice(0, limit));
    }),
  );
});
