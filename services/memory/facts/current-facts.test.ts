import { expect, it } from 'vitest';
import { factsFrom, type Saying } from './current-facts.ts';
import { lineOf, rankFacts } from './rank-facts.ts';

let ids = 0;
const said = (day: number, value: string, more: Partial<Saying> = {}): Saying => ({
  id: String((ids += 1)),
  turnId: `turn-${day}`,
  kind: 'environment',
  key: 'environment.plan',
  value,
  isSingle: true,
  retracts: false,
  startAt: 0,
  endAt: 5,
  saidAt: new Date(Date.UTC(2026, 0, day)),
  ...more,
});
const current = (...sayings: readonly Saying[]): string[] =>
  factsFrom(sayings)
    .filter(({ validTo }) => validTo === null)
    .map(({ value }) => value);

it('a later value takes the place of the one before, whatever order they come in, and the history stays', () => {
  const facts = factsFrom([said(3, 'Team'), said(1, 'Basic'), said(2, 'Pro')]);
  expect(facts.map(({ value, validTo }) => [value, validTo?.getUTCDate()])).toEqual([
    ['Team', undefined],
    ['Pro', 3],
    ['Basic', 2],
  ]);
});

it('what is said again is one fact with all its sources', () => {
  expect(factsFrom([said(1, 'Pro'), said(2, 'pro')])).toMatchObject([
    { timesSaid: 2, sources: [{ turnId: 'turn-1' }, { turnId: 'turn-2' }] },
  ]);
});

it('without the turn that changed it, a fact is what it was before', () => {
  expect(current(said(1, 'Basic'))).toEqual(['Basic']);
});

it('a retraction ends what it names, or all of its key', () => {
  expect(current(said(1, 'Pro'), said(2, 'Pro', { retracts: true }))).toEqual([]);
  expect(current(said(1, 'Pro'), said(2, 'Basic', { retracts: true }))).toEqual(['Pro']);
  expect(current(said(1, 'Pro'), said(2, '', { retracts: true }))).toEqual([]);
});

it('several order numbers are true at a time', () => {
  expect(current(said(1, 'A-1', { isSingle: false }), said(2, 'A-2', { isSingle: false }))).toEqual(['A-2', 'A-1']);
});

it('what a question asks for comes first, and nothing that is over', () => {
  const facts = factsFrom([
    said(1, 'Basic'),
    said(2, 'Pro'),
    said(3, 'Marie', { kind: 'profile', key: 'profile.name' }),
    said(3, 'Lyon', { kind: 'profile', key: 'profile.city' }),
  ]);
  expect(rankFacts('Which plan am I on?', facts).map(({ value }) => value)[0]).toBe('Pro');
  expect(rankFacts('Where do I live?', facts).map(lineOf)[0]).toBe('city: Lyon (2026-01-03)');
  expect(rankFacts('Which plan am I on?', facts).map(({ value }) => value)).not.toContain('Basic');
});
