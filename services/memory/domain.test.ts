import { describe, expect, it } from 'vitest';
import { isRememberable, packMemories, type Candidate } from './domain.ts';

const now = Date.parse('2026-06-01T00:00:00Z');
let ids = 0;
const said = (text: string, overrides: Partial<Candidate> = {}): Candidate => ({
  id: String((ids += 1)),
  role: 'user',
  text,
  saidAt: new Date(now - 86_400_000),
  sessionId: 's',
  score: 1,
  ...overrides,
});
const pack = (candidates: readonly Candidate[], options = {}) =>
  packMemories({ candidates, directHits: 5 }, { tokensMax: 700, now, wantsRecent: false, ...options }).map(
    ({ text }) => text,
  );

describe('packing memories', () => {
  it('puts what the visitor said before what was answered, score for score', () => {
    const answer = said('Your plan is Basic', { role: 'assistant' });
    expect(pack([answer, said('I am on the Pro plan')])).toEqual(['I am on the Pro plan', 'Your plan is Basic']);
  });

  it('leaves out a second line that says the same', () => {
    expect(pack([said('My order number is 77'), said('my order number is 77!')])).toHaveLength(1);
  });

  it('stays within the budget and still takes a shorter line that fits', () => {
    const lines = [said('x'.repeat(300), { score: 1 }), said('short', { score: 0.9 })];
    expect(pack(lines, { tokensMax: 20 })).toEqual(['short']);
  });

  it('drops lines that only a common word led to', () => {
    expect(pack([said('exactly this'), said('hardly', { score: 0.1 })])).toEqual(['exactly this']);
  });

  it('fills up with the newest statements when the words find little, questions last', () => {
    const recent = [
      said('Where are you?', { score: 0 }),
      said('I moved to Lyon', { score: 0, saidAt: new Date(now - 2 * 86_400_000) }),
      said('I live in Paris', { score: 0, saidAt: new Date(now - 9 * 86_400_000) }),
    ];
    const packed = packMemories({ candidates: recent, directHits: 0 }, { tokensMax: 700, now, wantsRecent: true });
    expect(packed.map(({ text }) => text)).toEqual(['I moved to Lyon', 'I live in Paris', 'Where are you?']);
  });
});

it('the user id that everybody without one shares is never remembered', () => {
  expect(isRememberable('anonymous')).toBe(false);
  expect(isRememberable('visitor-1')).toBe(true);
});
