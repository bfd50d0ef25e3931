import { describe, expect, it } from 'vitest';
import { rankTurns, type Posting, type Talk } from './rank-turns.ts';

/** Sessions of turns of five words each, numbered through from 1. */
const talkOf = (...sessions: readonly number[]): Talk => {
  const session = sessions.flatMap((turns, at) => Array.from({ length: turns }, () => at));
  return {
    seqs: session.map((_, at) => at + 1),
    lengths: session.map(() => 5),
    sessions: session,
    moments: session.map((at) => at * 1_000),
    isUser: session.map((_, at) => at % 2 === 0),
  };
};
const word = (...seqs: readonly number[]): Posting => ({ seqs, counts: seqs.map(() => 1), identifies: false });
const order = (...args: Parameters<typeof rankTurns>): number[] => rankTurns(...args).ranked.map(({ seq }) => seq);

describe('ranking what was said', () => {
  it('a turn comes with its neighbours, the one after it first, and never one of another session', () => {
    expect(order(talkOf(2, 4), [word(3)])).toEqual([3, 4, 5]);
    expect(order(talkOf(4), [word(2)])).toEqual([2, 3, 4, 1]);
  });

  it('a rare word weighs more than a common one', () => {
    expect(order(talkOf(1, 1, 1, 1), [word(1, 2, 3), word(4)])[0]).toBe(4);
  });

  it('of equal turns the one in the better fitting session stands first', () => {
    expect(order(talkOf(1, 2), [word(1, 2), word(3)]).indexOf(2)).toBeLessThan(
      order(talkOf(1, 2), [word(1, 2), word(3)]).indexOf(1),
    );
  });

  it('who names an identifier gets the turn that holds it first, whatever other words say', () => {
    const words = [word(1), word(1), word(1), word(1), { ...word(6), identifies: true }];
    expect(order(talkOf(3, 3), words)[0]).toBe(6);
  });

  it('a time that the question names lifts what was said then', () => {
    expect(order(talkOf(1, 1), [word(1, 2)], [{ from: 900, to: 1_100 }])[0]).toBe(2);
  });

  it('nothing is found where no word is, and only turns with a word count as hits', () => {
    expect(rankTurns(talkOf(3), [])).toEqual({ ranked: [], directHits: 0 });
    expect(rankTurns(talkOf(0), [word(9)])).toEqual({ ranked: [], directHits: 0 });
    expect(rankTurns(talkOf(4), [word(1), word(1, 2)]).directHits).toBe(2);
  });
});
