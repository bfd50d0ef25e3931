import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createReasoningFilter } from './reasoning-filter.ts';

const filter = (pieces: readonly string[]): string => {
  const reader = createReasoningFilter();
  return pieces.map((piece) => reader.push(piece)).join('') + reader.end();
};

describe('reasoning in an answer', () => {
  it('is never shown, closed or not', () => {
    expect(filter(['<think>They want a refund.</think>\n\nYes, within 30 days.'])).toBe('Yes, within 30 days.');
    expect(filter(['Yes. <THINK>and now', ' what'])).toBe('Yes. ');
  });

  it('is found wherever the stream cuts the tags', () => {
    const text = ' <think>secret</think>Hello <b>you</b> <<think>secret</think>there < thin';
    fc.assert(
      fc.property(fc.array(fc.nat(text.length), { maxLength: 10 }), (cuts) => {
        const places = [0, ...cuts.sort((a, b) => a - b), text.length];
        const pieces = places.slice(1).map((place, at) => text.slice(places[at], place));
        expect(filter(pieces)).toBe('Hello <b>you</b> <there < thin');
      }),
    );
  });
});
