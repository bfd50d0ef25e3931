import { make } from '../pages/dom.ts';

/** A text in which `backticks` mark code. */
export const withCode = (text: string): readonly (Node | string)[] =>
  text.split('`').map((part, place) => (place % 2 === 1 ? make('code', {}, part) : part));
