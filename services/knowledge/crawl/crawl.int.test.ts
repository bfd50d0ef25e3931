import { createServer, type Server } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from '../../../shared/runtime/clock.ts';
import { createExtractor } from '../extract/extractor.ts';
import { createCrawl } from './crawl.ts';
import type { CrawledPage, Outcome } from './port.ts';
import { createMemoryList } from './testing/memory-list.ts';

let server: Server;
let base: string;
let port: number;
let hits: string[] = [];

const pages: Readonly<Record<string, string>> = {
  '/': `<title>Oak</title><nav><a href="/nav">Menu</a></nav><main><h1>Oak &amp; Ink</h1><p>Pens and paper.</p></main>
    <a href="/returns">Returns</a> <a href="/big">Big</a> <a href="/image">Image</a> <a href="/steal">Deals</a>
    <a href="http://127.0.0.1:1/">Admin</a> <a href="http://169.254.169.254/latest">Meta</a>`,
  '/returns': '<h1>Returns</h1><p>Within 30 days.</p>',
  '/nav': '<p>Reached through the menu.</p>',
  '/big': `<p>${'long story '.repeat(20_000)}</p>`,
};

beforeAll(async () => {
  server = createServer((request, response) => {
    const path = request.url ?? '/';
    hits.push(path);
    if (path === '/image') return response.writeHead(200, { 'content-type': 'image/png' }).end('PNG');
    if (path === '/steal') return response.writeHead(302, { location: `http://localhost:${port}/secret` }).end();
    const html = pages[path];
    if (html === undefined) return response.writeHead(404, { 'content-type': 'text/html' }).end('gone');
    return response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(html);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const address = server.address();
  port = typeof address === 'object' && address !== null ? address.port : 0;
  base = `http://127.0.0.1:${port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  hits = [];
});

const aCrawl = (allowHosts: string[]) =>
  createCrawl({ allowHosts, clock: systemClock, extractor: createExtractor(), delayMs: 1 });

const walk = async (options: { signal: AbortSignal; onKeep?: (outcome: Outcome) => void }) => {
  const { onKeep = () => undefined } = options;
  const list = createMemoryList({ start: { url: `${base}/`, kind: 'page' }, linksMax: 10, onKeep });
  const end = await aCrawl([`127.0.0.1:${port}`]).crawl({
    startUrl: `${base}/`,
    depthMax: 2,
    rules: { include: [], exclude: [] },
    list,
    turn: new AbortController().signal,
    signal: options.signal,
  });
  return { list, end };
};

describe('a site on a listed private host', () => {
  test('is crawled over real sockets and nothing else is touched', async () => {
    const { list, end } = await walk({ signal: AbortSignal.timeout(20_000) });
    const state = (page: CrawledPage) => [page.url.replace(base, ''), page.state, page.code];
    expect(list.pages().map(state)).toEqual([
      ['/', 'fetched', undefined],
      ['/nav', 'fetched', undefined],
      ['/returns', 'fetched', undefined],
      ['/big', 'fetched', undefined],
      ['/image', 'skipped', 'not_a_page'],
      ['/steal', 'failed', 'url_refused'],
    ]);
    expect(end).toBe('done');
    expect(list.pages()[0]?.content).toMatchObject({ title: 'Oak', text: '# Oak & Ink\n\nPens and paper.' });
    expect(hits).not.toContain('/secret');
    expect(hits[0]).toBe('/robots.txt');
  });
});

describe('an address', () => {
  test('that is not listed is refused before any socket', () => {
    expect(() => aCrawl([]).checkUrl(`${base}/`)).toThrow(expect.objectContaining({ code: 'url_refused' }));
    expect(hits).toEqual([]);
  });

  test('that may be fetched is given in its normal form', () => {
    expect(aCrawl([]).checkUrl('HTTPS://Shop.Example?utm_source=x#top')).toBe('https://shop.example/');
  });
});

test('a crawl that is stopped leaves the page at hand as it was', async () => {
  const stop = new AbortController();
  const { list, end } = await walk({ signal: stop.signal, onKeep: () => stop.abort() });
  expect([list.pages().length, list.waiting().length > 0, end]).toEqual([1, true, 'left']);
});
