import { describe, expect, it } from 'vitest';
import { extractFacts } from './extract-facts.ts';

const told = (text: string, role: 'user' | 'assistant' = 'user'): string[] =>
  extractFacts(role, text).map(({ key, value, retracts }) => `${retracts ? 'not ' : ''}${key}=${value}`);

describe('what a visitor says of themselves is a fact', () => {
  it.each([
    ['Hi, this is Marie Dupont.', ['profile.name=Marie Dupont']],
    [
      'I work at Northwind Traders as a project manager.',
      ['profile.company=Northwind Traders', 'profile.role=project manager'],
    ],
    ['I moved from Paris to Lyon last week', ['profile.city=Lyon']],
    ['I just upgraded from Basic to the Team plan', ['environment.plan=Team']],
    ["I'm using Windows 11 with Firefox", ['environment.os=Windows 11', 'environment.browser=Firefox']],
    ['Please contact me by e-mail only.', ['preference.contact=email']],
    ["I don't want gift wrapping.", ['preference.gift wrapping=does not want gift wrapping']],
    ['Where is my order ord-4711?', ['identifier.order=ORD-4711']],
    ['I no longer work at Northwind.', ['not profile.company=Northwind']],
    ['My kettle leaks. I live in Graz.', ['profile.city=Graz', 'issue=My kettle leaks']],
    ['It works now, thanks!', ['not issue=']],
  ])('%s', (text, facts) => {
    expect(told(text).sort()).toEqual([...facts].sort());
  });

  it('of one turn the last word about a single thing counts', () => {
    expect(told("I'm on the Basic plan. Sorry, I'm on the Pro plan.")).toEqual(['environment.plan=Pro']);
  });

  it('points at the words that say so', () => {
    const text = 'Hello! My plan is Basic.';
    const [fact] = extractFacts('user', text);
    expect(text.slice(fact?.start, fact?.end)).toBe('My plan is Basic');
  });
});

describe('nothing is made of', () => {
  it.each([
    'If I upgraded to the Pro plan, would it cost more?',
    'My wife is on the Premium plan.',
    'The review said: "I live in Madrid."',
    '> My name is Igor.',
    '2026-03-01 10:00:01 ERROR order 55555 failed',
    'Can I use Safari?',
    "I'm not happy",
    'I am on the wrong plan',
    'Please call me tomorrow',
    'my order number is [card]',
    `My name is Bo ${'and so on '.repeat(40)}`,
  ])('%s', (text) => {
    expect(told(text)).toEqual([]);
  });
});

it('of our own words only what we did for this visitor is kept', () => {
  expect(told('Your order 4711 has been refunded.', 'assistant')).toEqual([
    'outcome=Your order 4711 has been refunded.',
  ]);
  expect(told('We refund within 14 days. My name is Parley. You live in Rome.', 'assistant')).toEqual([]);
});

it('hostile text is read in no time', () => {
  const startedAt = Date.now();
  for (const text of ['I '.repeat(4_000), `my ${'a'.repeat(8_000)}`, `"${'a '.repeat(3_999)}`, '-/'.repeat(4_000)])
    extractFacts('user', text);
  expect(Date.now() - startedAt).toBeLessThan(1_000);
});
