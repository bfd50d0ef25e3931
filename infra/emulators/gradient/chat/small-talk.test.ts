import { expect, it } from 'vitest';
import { isStatementAboutSelf, smallTalk } from './small-talk.ts';

it.each([
  'My order number is A-1042.',
  'I live in Oslo',
  'I am called Ada',
  'Please remember that I prefer mornings',
  'Hi, my name is Ada',
])('"%s" is noted', (said) => {
  expect(isStatementAboutSelf(said)).toBe(true);
});

it.each([
  'My kettle is broken',
  'My order is late',
  'Where is my order?',
  'I need a new lid',
  'returns',
  'My lid does not fit',
])('"%s" is looked up', (said) => {
  expect(isStatementAboutSelf(said)).toBe(false);
});

it('only a greeting alone is greeted', () => {
  expect(smallTalk('Hello there!')).toMatch(/^Hello/u);
  expect(smallTalk('Hello, how long is the warranty?')).toBeUndefined();
});
