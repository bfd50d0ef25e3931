import { expect, test } from 'vitest';
import { missedFigures } from './judge.ts';
import type { Findings } from './scenario.ts';

const findings: Findings = {
  kills: {},
  ok: 9,
  lost: 1,
  duplicate: 0,
  recovered: 0,
  unexpected: 0,
  seconds: Number.NaN,
};
const judge = (isQuick: boolean, ...figures: Parameters<typeof missedFigures>[0]): readonly string[] =>
  missedFigures(figures, findings, { isQuick });

test('a missed figure is told in words, a reached one not at all', () => {
  expect(judge(false, { name: 'lost', atMost: 0 })).toEqual(['lost is 1, it must be at most 0']);
  expect(judge(false, { name: 'ok', atLeast: 10 })).toEqual(['ok is 9, it must be at least 10']);
  expect(judge(false, { name: 'duplicate', atMost: 0 }, { name: 'ok', atLeast: 9 })).toEqual([]);
});

test('what was not measured counts as missed', () => {
  expect(judge(false, { name: 'slowest', atMost: 5 })).toEqual(['slowest was not measured']);
  expect(judge(false, { name: 'seconds', atMost: 5 })).toHaveLength(1);
});

test('a short run leaves out the figures of full ones', () => {
  expect(judge(true, { name: 'lost', atMost: 0, isOfFullRuns: true })).toEqual([]);
});
