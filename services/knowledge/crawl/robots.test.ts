import { describe, expect, test } from 'vitest';
import { parseRobots } from './robots.ts';

const allows = (source: string, path: string): boolean =>
  parseRobots(source, 'parley').allows(`https://shop.example${path}`);

describe('a rule fits', () => {
  test.each([
    ['/private', '/private/x', false],
    ['/private', '/Private', true],
    ['/a$', '/a', false],
    ['/a$', '/ab', true],
    ['/*.php', '/x/index.php?y', false],
    ['/*.php$', '/index.php?y', true],
    ['/*.php$', '/index.php', false],
    ['/a*b*c', '/a-b-c-d', false],
    ['/a*b*c', '/a-c-b', true],
    ['*', '/anything', false],
    ['/*', '/anything', false],
    ['/*a$', '/a', false],
    ['', '/anything', true],
    ['/search?q=', '/search?q=lamp', false],
    ['/straße', '/stra%C3%9Fe/x', false],
    ['/\uD800', '/x', true],
  ])('Disallow: %s on %s', (pattern, path, isAllowed) => {
    expect(allows(`User-agent: *\nDisallow: ${pattern}`, path)).toBe(isAllowed);
  });
});

test('the longest pattern decides, and Allow wins a tie', () => {
  const source = 'User-agent: *\nDisallow: /docs\nAllow: /docs/open\nDisallow: /tie\nAllow: /tie';
  expect(allows(source, '/docs/x')).toBe(false);
  expect(allows(source, '/docs/open/x')).toBe(true);
  expect(allows(source, '/tie')).toBe(true);
});

test('rules for us replace those for all, whatever the order and the case', () => {
  const source =
    'user-AGENT: Parley\r\nuser-agent: other\r\nDISALLOW: /mine # not for bots\r\n\r\nUser-agent: *\r\nDisallow: /';
  expect(allows(source, '/mine')).toBe(false);
  expect(allows(source, '/else')).toBe(true);
});

test('rules for a version of us are ours', () => {
  expect(allows('User-agent: Parley/1.0\nDisallow: /', '/x')).toBe(false);
});

test('sitemaps are read wherever they stand, the first twenty', () => {
  const named = 'Sitemap: https://shop.example/one.xml\nUser-agent: x\nDisallow: /\nSITEMAP: /two.xml # here\nSitemap:';
  expect(parseRobots(named, 'parley').sitemaps).toEqual(['https://shop.example/one.xml', '/two.xml']);
  expect(parseRobots('Sitemap: /s.xml\n'.repeat(1_000), 'parley').sitemaps).toHaveLength(20);
});

test('rules for others are not ours', () => {
  expect(allows('User-agent: googlebot\nDisallow: /', '/x')).toBe(true);
});

test('a crawl delay is read', () => {
  expect(parseRobots('User-agent: *\nCrawl-delay: 1.5', 'parley').crawlDelayS).toBe(1.5);
  expect(parseRobots('User-agent: *\nCrawl-delay: soon', 'parley').crawlDelayS).toBeUndefined();
});

test.each(['', '<html><body>Not found</body></html>', 'Disallow: /', '\0\0\0', 'User-agent'])(
  'what is no robots.txt forbids nothing: %j',
  (source) => {
    expect(allows(source, '/x')).toBe(true);
  },
);

test('a pattern made to be slow is not', () => {
  const started = performance.now();
  allows(`User-agent: *\n${`Disallow: /${'*a'.repeat(200)}b\n`.repeat(2000)}`, `/${'a'.repeat(2000)}`);
  expect(performance.now() - started).toBeLessThan(2_000);
});
