import { expect, it } from 'vitest';
import { memoryCommandIn } from './memory-command.ts';

it.each([
  ['What do you know about me?', 'tell'],
  ['Hi, what have you stored about me?', 'tell'],
  ['Please forget that.', 'forget-conversation'],
  ['forget what I just said', 'forget-conversation'],
  ['Forget everything you know about me!', 'forget-me'],
  ['Can you delete my data please', 'forget-me'],
  ["Don't remember me", 'opt-out'],
  ['stop remembering me, please', 'opt-out'],
  ['You may remember me again', 'opt-in'],
])('%s is the command %s', (message, command) => {
  expect(memoryCommandIn(message)).toBe(command);
});

it.each([
  'I forgot that I had ordered two',
  'How do I delete my data from the app?',
  "I don't remember my password",
  'What do you know about shipping?',
  'Forget that, what does the lamp cost?',
  'Do you remember me?',
  `forget that${' please'.repeat(40)}`,
])('%s is none', (message) => {
  expect(memoryCommandIn(message)).toBeUndefined();
});
