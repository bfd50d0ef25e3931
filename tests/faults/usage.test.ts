import { expect, test } from 'vitest';
import { slopeOf, usageOf } from './usage.ts';

test('a slope is told by least squares', () => {
  const points = [0, 1, 2, 3].map((x) => ({ x, y: 5 + 2 * x }));
  expect(slopeOf(points)).toBeCloseTo(2);
  expect(slopeOf([{ x: 1, y: 9 }])).toBe(0);
});

test.runIf(process.platform === 'linux')(
  'what this process holds can be read, and of one that is gone nothing',
  async () => {
    const mine = await usageOf(process.pid);
    expect(mine?.rssMb).toBeGreaterThan(10);
    expect(mine?.fds).toBeGreaterThan(2);
    expect(await usageOf(2 ** 30)).toBeUndefined();
  },
);
