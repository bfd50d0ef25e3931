import { describe, expect, it } from 'vitest';
import { initialState, reduce, type Action, type State } from '../state.ts';
import { announcementOf } from './announcement.ts';

/** What a screen reader hears while these actions happen: each change of the live region once. */
const heardDuring = (actions: readonly Action[]): readonly string[] => {
  let state: State = initialState;
  let region = '';
  const heard: string[] = [];
  for (const action of actions) {
    state = reduce(state, action);
    const words = announcementOf(state);
    if (words === undefined || words === region) continue;
    region = words;
    heard.push(words);
  }
  return heard;
};

describe('what is announced', () => {
  it('is one "typing" and then the whole reply once, however many tokens it comes in', () => {
    const tokens = Array.from({ length: 50 }, () => ({ type: 'streamed', id: '1', text: 'x' }) as const);
    const heard = heardDuring([
      { type: 'asked', id: '1', text: 'q' },
      ...tokens,
      {
        type: 'answered',
        id: '1',
        text: '**Free** over £60 [1], see [terms](https://a.example).',
        citations: [],
        isQuoted: false,
      },
    ]);
    expect(heard).toEqual(['Support is typing', 'Free over £60 , see terms.']);
  });

  it('says that an answer is quoted before it reads it', () => {
    const heard = heardDuring([
      { type: 'asked', id: '1', text: 'q' },
      { type: 'answered', id: '1', text: 'Two days. [1]', citations: [], isQuoted: true },
    ]);
    expect(heard.at(-1)).toMatch(/can’t be reached right now.*: Two days\.$/);
  });

  it('says nothing about a history that came back', () => {
    const answer = {
      role: 'assistant',
      id: '2',
      text: 'old',
      citations: [],
      isQuoted: false,
      progress: 'whole',
      problem: undefined,
    } as const;
    expect(heardDuring([{ type: 'restored', messages: [answer] }])).toEqual([]);
  });
});
