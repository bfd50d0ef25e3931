import { describe, expect, it } from 'vitest';
import { bestQuote } from './quote.ts';

describe('a quote', () => {
  const passage =
    'Shipping\n\nWe ship every weekday. Orders before noon leave the same day. Returns are free within 30 days of delivery. ' +
    'Write to us first.';

  it('is the sentence that says what the answer says', () => {
    expect(bestQuote(passage, 'You can return it for free within 30 days.')).toBe(
      'Returns are free within 30 days of delivery.',
    );
  });

  it('takes neighbours along when the answer draws on both', () => {
    expect(bestQuote(passage, 'Orders before noon ship the same weekday.')).toBe(
      'We ship every weekday. Orders before noon leave the same day.',
    );
  });

  it('is never longer than 300 characters and never breaks a word', () => {
    const quote = bestQuote(`${'wonderful '.repeat(100)}end`, 'wonderful');
    expect(quote.length).toBeLessThanOrEqual(300);
    expect(quote).toMatch(/^(wonderful )*wonderful…$/);
  });

  it('of an empty passage is empty', () => {
    expect(bestQuote('', 'anything')).toBe('');
  });
});
