import { expect, it } from 'vitest';
import { asksAboutSelf } from './self-question.ts';

it.each(['What do you know about me?', 'Where is my order?', 'Did I say where I live?', 'Was weißt du über mich?'])(
  '%s asks about oneself',
  (question) => {
    expect(asksAboutSelf(question)).toBe(true);
  },
);

it.each(['What are your opening hours?', 'How does shipping work?'])('%s does not', (question) => {
  expect(asksAboutSelf(question)).toBe(false);
});
