import { expect, it } from 'vitest';
import { periodsIn } from './period.ts';

const now = Date.parse('2026-06-01T00:00:00Z');
const daysOf = (question: string): string[] =>
  periodsIn(question, now).map(({ from }) => new Date(from * 1000).toISOString().slice(0, 10));

it.each([
  ['What did I order in March 2025?', ['2025-03-01']],
  ['What did I say on 3 April 2026?', ['2026-04-03']],
  ['And on April 3rd, 2026?', ['2026-04-03']],
  ['The invoice of 2026-02-17', ['2026-02-17']],
  ['My order from Sept. 2025', ['2025-09-01']],
])('%s names %s', (question, days) => {
  expect(daysOf(question)).toEqual(days);
});

it('a month without a year is that of each of the last years', () => {
  expect(daysOf('When did I call in June?')).toContain('2025-06-01');
});

it.each(['may I return it?', 'Where is my order 2024?', 'The decoration arrived broken', 'A marching band'])(
  '%s names no time',
  (question) => {
    expect(daysOf(question)).toEqual([]);
  },
);
