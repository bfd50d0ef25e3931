import { expect, it } from 'vitest';
import { indexTextOf } from './index-text.ts';

it('an identifier is one word however it is written, and its long number is one too', () => {
  expect(indexTextOf('Order ORD-4711, error E_55').identifiers.split(' ')).toEqual(['ord4711', '4711', 'e55']);
});

it('words lose case and accents', () => {
  expect(indexTextOf('Ça marche, MÜLLER’s?')).toMatchObject({ words: 'ca marche muller', length: 3 });
});
