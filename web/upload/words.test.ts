import { describe, expect, it } from 'vitest';
import { documentOf, jobOf } from './knowledge-api.ts';
import { factsOf, isOver, progressLine, stateOf } from './words.ts';

describe('progress in words', () => {
  it('has numbers, what was left out and how long it takes', () => {
    const job = jobOf({
      phase: 'crawling',
      done: 4,
      total: 12,
      eta_s: 8.2,
      items: [{ name: '/old', state: 'failed', reason: '404' }],
    });
    expect(progressLine(job)).toBe('Reading pages, 4 of 12, 1 left out, about 9 s left');
    expect(isOver(job)).toBe(false);
  });

  it('does not count to one', () => {
    expect(progressLine(jobOf({ phase: 'done', done: 1, total: 1, eta_s: 0, items: [] }))).toBe('Ready to be asked');
  });

  it('tells of a document what is known of it', () => {
    expect(factsOf(documentOf({ pages: 1, chunks: 9, bytes: 48_210 }))).toBe('1 page, 9 passages, 47 KB');
    expect(factsOf(documentOf({ pages: null, chunks: null, bytes: 0 }))).toBe('');
    expect(stateOf('indexed')).toEqual({ word: 'Ready', mood: 'good' });
    expect(stateOf('mystery')).toEqual({ word: 'Mystery', mood: 'busy' });
  });
});
