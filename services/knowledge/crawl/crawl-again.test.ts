import { describe, expect, test } from 'vitest';
import type { GuardedRequest } from '../../../shared/http/guarded-client.ts';
import type { Remembered } from './port.ts';
import { crawl, links, start, type Answer } from './testing/scripted-crawl.ts';

describe('a sitemap', () => {
  const urlset = (...paths: string[]): string =>
    `<urlset>${paths.map((path) => `<url><loc>https://shop.example${path}</loc></url>`).join('')}</urlset>`;
  const index = (...paths: string[]): string =>
    `<sitemapindex>${paths.map((path) => `<sitemap><loc>${path}</loc></sitemap>`).join('')}</sitemapindex>`;
  const words = (...paths: string[]) => Object.fromEntries(paths.map((path) => [`https://shop.example${path}`, path]));

  test('is looked for where sites have it, and its pages come after the links of the start page', async () => {
    const site = {
      [start]: `home ${links('/linked')}`,
      'https://shop.example/sitemap.xml': urlset('/', '/one', '/linked', '/two'),
      ...words('/linked', '/one', '/two'),
    };
    const { states, visits } = await crawl(site, { depthMax: 2 });
    expect(visits).toEqual([start, ...['/linked', '/one', '/two'].map((path) => `https://shop.example${path}`)]);
    expect(states['/sitemap.xml']).toBe('it names 4 pages');
  });

  test('that is not there is no news', async () => {
    const { states, urls } = await crawl({ [start]: 'home' });
    expect(urls).toContain('https://shop.example/sitemap.xml');
    expect(states).toEqual({ '/': 'fetched' });
  });

  test('is read where robots.txt says, with those it leads to, and nowhere else', async () => {
    const site = {
      'https://shop.example/robots.txt':
        'Sitemap: https://shop.example/index.xml\nSitemap: https://other.example/x.xml',
      [start]: 'home',
      'https://shop.example/index.xml': index('https://shop.example/a.xml', 'http://169.254.169.254/b.xml', 'c.xml'),
      'https://shop.example/a.xml': `${urlset('/one')}<x>http://10.0.0.1/</x>`,
      ...words('/one'),
    };
    const { states, urls } = await crawl(site);
    expect(states).toMatchObject({ '/index.xml': 'it names 0 pages and 3 further sitemaps', '/one': 'fetched' });
    expect(urls.filter((url) => !url.startsWith('https://shop.example/'))).toEqual([]);
    expect(urls).not.toContain('https://shop.example/sitemap.xml');
  });

  test('names pages only of its site, and only wanted ones', async () => {
    const named = ['https://other.example/', 'http://10.0.0.1/', 'file:///etc/passwd', 'not an address'];
    const site = {
      [start]: 'home',
      'https://shop.example/sitemap.xml': `<urlset>${[
        ...named,
        'https://shop.example/no',
        'https://shop.example/docs/a',
      ]
        .map((url) => `<url><loc>${url}</loc></url>`)
        .join('')}</urlset>`,
      ...words('/docs/a', '/no'),
    };
    const rules = { include: ['/', '/docs/*'], exclude: [] };
    expect((await crawl(site, { rules })).visits).toEqual([start, 'https://shop.example/docs/a']);
  });

  test('can be all that is read: its pages, and not what they link to', async () => {
    const site = {
      'https://shop.example/map.xml': urlset('/one', '/two'),
      'https://shop.example/one': `one ${links('/three')}`,
      'https://shop.example/two': 'two',
    };
    const options = { startUrl: 'https://shop.example/map.xml', startsAt: 'sitemap', depthMax: 2 } as const;
    expect((await crawl(site, options)).states).toEqual({
      '/map.xml': 'it names 2 pages',
      '/one': 'fetched',
      '/two': 'fetched',
    });
  });

  test('that was promised and cannot be read may hide pages, and says so', async () => {
    const site = {
      [start]: 'home',
      'https://shop.example/robots.txt': 'Sitemap: /map.xml',
      'https://shop.example/map.xml': 503,
    };
    const { list, states } = await crawl(site);
    expect(states['/map.xml']).toBe('the site answers 503');
    expect(list.outcomes().map(({ isCut }) => isCut)).toEqual([false, true]);
  });
});

describe('a page of an earlier crawl', () => {
  const known = { hash: 'f'.repeat(64), validators: { etag: '"1"', lastModified: 'Mon, 02 Nov 2026 10:00:00 GMT' } };
  const remembered: Record<string, Remembered> = {
    [start]: { name: start, links: ['https://shop.example/a'], known },
    'https://shop.example/a': { name: 'https://shop.example/a', links: [], known: null },
  };

  test('is asked whether it changed, and when not leads where it led', async () => {
    const { pages, requested, visits } = await crawl({ [start]: 304, 'https://shop.example/a': 'a' }, { remembered });
    expect(requested.find(({ url }) => url === start)?.headers).toEqual({
      'if-none-match': '"1"',
      'if-modified-since': 'Mon, 02 Nov 2026 10:00:00 GMT',
    });
    expect(pages).toMatchObject([{ state: 'unchanged', hash: known.hash }, { state: 'fetched' }]);
    expect(visits).toEqual([start, 'https://shop.example/a']);
  });

  test('that cannot be read at present leads where it led, too', async () => {
    const { states, list } = await crawl({ [start]: 500, 'https://shop.example/a': 'a' }, { remembered });
    expect(states).toEqual({ '/': 'the site answers 500', '/a': 'fetched' });
    expect(list.outcomes().some(({ isCut }) => isCut)).toBe(false);
  });

  test('that is gone leads nowhere any more', async () => {
    expect((await crawl({ 'https://shop.example/a': 'a' }, { remembered })).visits).toEqual([start]);
  });

  test('keeps what it says of its version, when that can be sent back', async () => {
    const headers = { etag: 'W/"x"', 'last-modified': 'yesterday\r\nX: 1' };
    const { list } = await crawl({ [start]: { html: `home ${links('/a#b', 'https://other.example/')}`, headers } });
    expect(list.outcomes()[0]?.memory).toEqual({
      links: ['https://shop.example/a'],
      validators: { etag: 'W/"x"', lastModified: null },
    });
  });

  test('that answers 304 although nobody asked has failed', async () => {
    expect((await crawl({ [start]: 304 })).states).toEqual({ '/': 'the site answers 304' });
  });
});

describe('a site that is asked too much', () => {
  const busy = { status: 429, headers: { 'retry-after': '7' } };

  test('is left alone as long as it says, and the page is looked at again', async () => {
    let asked = 0;
    const answers: Record<string, Answer> = {};
    const onFetch = ({ url }: GuardedRequest): void => {
      if (url === start) asked += 1;
      answers[start] = asked === 1 ? busy : 'home';
    };
    const { states, ends } = await crawl(answers, { onFetch });
    expect([states, ends[0], asked]).toEqual([{ '/': 'fetched' }, { pauseMs: 7_000 }, 2]);
  });

  test('for ever is given up, page by page', async () => {
    const { states, visits } = await crawl({ [start]: busy });
    expect([states, visits.length]).toEqual([{ '/': 'the site answers 429' }, 3]);
  });
});
