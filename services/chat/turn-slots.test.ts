import { describe, expect, it } from 'vitest';
import { createTurnSlots } from './turn-slots.ts';

describe('turn slots', () => {
  it('refuse the question over a domain’s share and leave room for others', () => {
    const slots = createTurnSlots({ total: 3, perDomain: 2 });
    const leave = slots.enter('a');
    slots.enter('a');
    expect(() => slots.enter('a')).toThrow(/overloaded/);
    slots.enter('b');
    expect(() => slots.enter('c')).toThrow(/overloaded/);
    leave();
    slots.enter('c');
  });
});
