import { expect, test } from 'vitest';
import { matchesGlob } from './glob.ts';
import { reasonAgainstPath } from './path-rules.ts';

const isWanted = (path: string, rules: { include?: string[]; exclude?: string[] }): boolean =>
  reasonAgainstPath({ include: [], exclude: [], ...rules }, `https://shop.example${path}`) === undefined;

test.each([
  ['/docs/*', '/docs/a/b', true],
  ['/docs/*', '/docs/', true],
  ['/docs/*', '/docs', true],
  ['/docs/**', '/docs/a', true],
  ['/docs/*', '/documents/a', false],
  ['/docs', '/docs/a', false],
  ['/docs', '/docs?page=2', true],
  ['/docs?page=*', '/docs?page=2', true],
  ['/docs?page=*', '/docs', false],
  ['*.html', '/a/b.html', true],
  ['*/print', '/a/print', true],
  ['https://shop.example/de/*', '/de/a', true],
  ['https://help.shop.example/*', '/de/a', false],
  ['/a+(b)', '/a+(b)', true],
  ['/.*', '/x', false],
  ['*', '/anything?at=all', true],
])('including %s takes %s: %s', (pattern, path, expected) => {
  expect(isWanted(path, { include: [pattern] })).toBe(expected);
});

test('what is excluded is left out whatever includes it, and the reason names the pattern', () => {
  const rules = { include: ['/docs/*'], exclude: ['/docs/old/*', '/tags/*'] };
  expect(isWanted('/docs/new', rules)).toBe(true);
  expect(isWanted('/docs/old/x', rules)).toBe(false);
  expect(reasonAgainstPath(rules, 'https://shop.example/docs/old/x')).toBe('it is left out by /docs/old/*');
  expect(isWanted('/', rules)).toBe(false);
});

test('a pattern made to be slow is not', () => {
  const started = performance.now();
  for (let at = 0; at < 2_000; at += 1) matchesGlob(`${'*a'.repeat(100)}b`, 'a'.repeat(2_000));
  expect(performance.now() - started).toBeLessThan(2_000);
});
