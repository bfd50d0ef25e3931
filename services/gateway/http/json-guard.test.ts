import { describe, expect, it } from 'vitest';
import { Failure } from '../../../shared/errors/failure.ts';
import { guardJson } from './json-guard.ts';

const nested = (depth: number): unknown => JSON.parse('['.repeat(depth) + ']'.repeat(depth));

describe('JSON that no schema should see', () => {
  it.each([
    ['33 levels', nested(33)],
    ['20,000 levels', nested(20_000)],
    ['__proto__', JSON.parse('{"a":{"__proto__":{"x":1}}}')],
    ['constructor', JSON.parse('[{"constructor":{"prototype":{}}}]')],
    ['prototype', { prototype: 1 }],
    ['NUL in a value', { a: ['x\u0000'] }],
    ['NUL in a name', { 'a\u0000': 1 }],
    ['a lone surrogate', { a: '\ud800' }],
    ['a lone surrogate at the top', '\udc00'],
  ])('%s is refused', (_what, value) => {
    expect(() => guardJson(value)).toThrow(Failure);
  });

  it.each([
    ['32 levels', nested(32)],
    ['emoji', { a: '👩‍👩‍👧' }],
    ['null', null],
    ['a number', 1],
  ])('%s passes', (_what, value) => {
    expect(() => guardJson(value)).not.toThrow();
  });
});
