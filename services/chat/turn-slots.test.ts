import { describe, expect, it } from 'vitest';
import { createTurnSlots } from './turn-slots.ts';

describe('turn slots', () => {
  it('refuse the question over a domain’s share and leave room for others', () => {
    const slots = createTurnSlots({ total: 3, perDomain: 2 }, Math);
    const leave = slots.enter('a');
    slots.enter('a');
    expect(() => slots.enter('a')).toThrow(/rate_limited/);
    slots.enter('b');
    expect(() => slots.enter('c')).toThrow(/overloaded/);
    leave();
    slots.enter('c');
  });

  it('tell who is refused to come back after 1 to 5 s', () => {
    for (const [chance, retryAfterMs] of [
      [0, 1_000],
      [0.5, 3_000],
      [0.999, 4_996],
    ] as const) {
      const slots = createTurnSlots({ total: 0, perDomain: 1 }, { random: () => chance });
      expect(() => slots.enter('a')).toThrow(expect.objectContaining({ code: 'overloaded', retryAfterMs }));
    }
  });
});
