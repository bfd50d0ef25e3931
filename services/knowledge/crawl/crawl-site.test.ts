import { describe, expect, test } from 'vitest';
import { Failure } from '../../../shared/errors/failure.ts';
import type { GuardedRequest } from '../../../shared/http/guarded-client.ts';
import { crawl, links, start, type Answer } from './testing/scripted-crawl.ts';

describe('how far a crawl goes', () => {
  const chain = {
    [start]: `one ${links('/a')}`,
    'https://shop.example/a': `two ${links('/b')}`,
    'https://shop.example/b': `three ${links('/c')}`,
    'https://shop.example/c': 'four',
  };

  test.each([
    [1, ['/']],
    [2, ['/', '/a']],
    [3, ['/', '/a', '/b']],
  ])('depth %i reads %j', async (depthMax, expected) => {
    expect(Object.keys((await crawl(chain, { depthMax })).states)).toEqual(expected);
  });

  test('is bounded by the number of pages, nearest first', async () => {
    const site = {
      [start]: `home ${links('/a', '/b')}`,
      'https://shop.example/a': `a ${links('/deep')}`,
      'https://shop.example/b': 'b',
      'https://shop.example/deep': 'deep',
    };
    expect(Object.keys((await crawl(site, { linksMax: 3 })).states)).toEqual(['/', '/a', '/b']);
  });

  test('ends on a site of dead links', async () => {
    const dead = Array.from({ length: 500 }, (_, at) => `/dead/${at}`);
    const { visits } = await crawl({ [start]: `home ${links(...dead)}` }, { linksMax: 5 });
    expect(visits.length).toBeLessThanOrEqual(15);
  });

  test('ends on a site that never ends', async () => {
    let day = 0;
    const endless = new Proxy<Record<string, Answer>>(
      {},
      {
        get: (_, url) => {
          if (/(?:robots\.txt|sitemap\.xml)$/.test(String(url))) return 404;
          day += 1;
          return `day ${day} ${links(`/calendar?day=${day}`)}`;
        },
      },
    );
    expect((await crawl(endless, { linksMax: 10, depthMax: 100 })).pages).toHaveLength(10);
  });

  test('ends when it is told to, with what it has', async () => {
    const stop = new AbortController();
    const onFetch = ({ url }: GuardedRequest): void => {
      if (url.endsWith('/b')) stop.abort();
    };
    const { states, list, ends } = await crawl(chain, { signal: stop.signal, onFetch });
    expect(states).toEqual({ '/': 'fetched', '/a': 'fetched' });
    expect(list.waiting()).toEqual(['https://shop.example/b']);
    expect(ends).toEqual(['left']);
  });
});

describe('what belongs to a site', () => {
  test('is its host, its www twin and hosts below it, over http and https', async () => {
    const inside = ['http://shop.example/1', 'https://www.shop.example/2', 'https://help.shop.example/3'];
    const outside = [
      'https://other.example/',
      'https://notshop.example/',
      'https://shop.example.evil.example/',
      'https://shop.example:8443/',
      'https://example/',
    ];
    const site = { [start]: `home ${links(...inside, ...outside)}` };
    expect((await crawl(site)).visits).toEqual([start, ...inside]);
  });

  test('does not reach beyond a redirect', async () => {
    const site = {
      [start]: `home ${links('/out', '/twice', '/moved')}`,
      'https://shop.example/out': { to: 'https://other.example/', html: 'other' },
      'https://shop.example/twice': { to: start, html: 'home' },
      'https://shop.example/moved': { to: 'https://shop.example/new', html: 'new here' },
    };
    expect((await crawl(site)).states).toEqual({
      '/': 'fetched',
      '/out': 'it redirects to another site',
      '/twice': 'it redirects to a page that is read already',
      '/new': 'fetched',
    });
  });
});

test('only wanted pages are read, and the start page for its links', async () => {
  const site = {
    [start]: `home ${links('/docs/a', '/docs/old', '/blog', '/docs/moved')}`,
    'https://shop.example/docs/a': `a ${links('/docs/b', '/shop')}`,
    'https://shop.example/docs/b': 'b',
    'https://shop.example/docs/moved': { to: 'https://shop.example/shop', html: 'shop' },
  };
  const { states, visits } = await crawl(site, { rules: { include: ['/docs/*'], exclude: ['*/old'] } });
  expect(states).toEqual({
    '/': 'it is not among the addresses to include',
    '/docs/a': 'fetched',
    '/shop': 'it is not among the addresses to include',
    '/docs/b': 'fetched',
  });
  expect(visits).not.toContain('https://shop.example/blog');
});

describe('a page is read once', () => {
  test('whatever its fragment, closing slash and campaign', async () => {
    const site = {
      [start]: `home ${links('/a#x', '/a#y', '/a/', '/a?utm_source=mail', '/a', '#top', 'https://www.shop.example/a')}`,
      'https://shop.example/a': 'a',
    };
    expect((await crawl(site)).visits).toEqual([start, 'https://shop.example/a']);
  });

  test('when another address reads the same', async () => {
    const site = {
      [start]: `home ${links('/a', '/b')}`,
      'https://shop.example/a': '<p>same words</p>',
      'https://shop.example/b': '<div>same   words</div>',
    };
    expect((await crawl(site)).states['/b']).toBe('it reads the same as https://shop.example/a');
  });

  test('under its canonical address', async () => {
    const canonical = (path: string): string => `<link rel="canonical" href="${path}">`;
    const site = {
      [start]: `home ${links('/a?sort=up', '/a?sort=down', '/self', '/far')}`,
      'https://shop.example/a?sort=up': `${canonical('/a')} up`,
      'https://shop.example/a?sort=down': `${canonical('/a')} down`,
      'https://shop.example/self': `${canonical('/self')} self`,
      'https://shop.example/far': `${canonical('http://169.254.169.254/')} far`,
    };
    const { states, visits } = await crawl(site);
    expect(states).toEqual({
      '/': 'fetched',
      '/a': 'fetched',
      '/a?sort=down': 'it is a copy of https://shop.example/a',
      '/self': 'fetched',
      '/far': 'fetched',
    });
    expect(visits).not.toContain('http://169.254.169.254/');
  });
});

describe('a site is obeyed', () => {
  test('by its robots.txt, host by host', async () => {
    const site = {
      'https://shop.example/robots.txt': 'User-agent: *\nDisallow: /private',
      [start]: `home ${links('/private/x', '/open', 'https://help.shop.example/private/y')}`,
      'https://shop.example/open': 'open',
      'https://help.shop.example/private/y': 'help',
    };
    const { states, visits } = await crawl(site);
    expect(states).toMatchObject({ '/private/x': 'robots.txt forbids it', '/open': 'fetched' });
    expect(visits).toContain('https://help.shop.example/private/y');
    expect(visits).not.toContain('https://shop.example/private/x');
  });

  test('when its robots.txt cannot be read: nothing is fetched', async () => {
    for (const robots of [503, new Failure('page_unavailable')]) {
      const { visits, states } = await crawl({ 'https://shop.example/robots.txt': robots, [start]: 'home' });
      expect(visits).toEqual([]);
      expect(states['/']).toContain('robots.txt could not be read');
    }
  });

  test('when it asks for time between requests, up to half a minute', async () => {
    const site = (delay: string) => ({
      'https://shop.example/robots.txt': `User-agent: *\nCrawl-delay: ${delay}`,
      [start]: `home ${links('/a')}`,
    });
    expect((await crawl(site('1'))).slept).toEqual([1000, 1000]);
    expect((await crawl({ [start]: `home ${links('/a')}` })).slept).toEqual([50, 50]);
    // Longer pauses are not sat out: the crawl is come back to.
    const slow = await crawl(site('5'));
    expect([slow.slept, slow.ends]).toEqual([[], [{ pauseMs: 5000 }, { pauseMs: 5000 }, 'done']]);
    expect((await crawl(site('3600'))).ends[0]).toEqual({ pauseMs: 30_000 });
  });

  test('in what its pages say of themselves', async () => {
    const site = {
      [start]: `home ${links('/unlisted', '/closed', '/tagged', '/others')}`,
      'https://shop.example/unlisted': `<meta name="robots" content="noindex">x ${links('/behind')}`,
      'https://shop.example/closed': `<meta name="robots" content="nofollow">y ${links('/hidden')}`,
      'https://shop.example/tagged': {
        html: `z ${links('/hidden')}`,
        headers: { 'x-robots-tag': 'noindex, nofollow' },
      },
      'https://shop.example/others': { html: 'w', headers: { 'x-robots-tag': 'googlebot: noindex, nofollow' } },
      'https://shop.example/behind': 'behind',
    };
    expect((await crawl(site)).states).toEqual({
      '/': 'fetched',
      '/unlisted': 'it asks not to be indexed',
      '/closed': 'fetched',
      '/tagged': 'it asks not to be indexed',
      '/others': 'fetched',
      '/behind': 'fetched',
    });
  });
});

describe('every page ends in a state of its own', () => {
  const site = {
    [start]: `home ${links('/gone', '/down', '/refused', '/picture', '/empty', '/file.pdf', '/file.ZIP', '/good')}`,
    'https://shop.example/down': new Failure('page_unavailable', { detail: 'The page could not be fetched.' }),
    'https://shop.example/refused': new Failure('url_refused', { detail: 'This address may not be fetched.' }),
    'https://shop.example/picture': new Failure('unsupported_media_type', { detail: 'It holds image/png.' }),
    'https://shop.example/empty': '<script>render()</script>',
    'https://shop.example/good': '<title>Good</title>good words',
  };

  test('with its code and its reason, and one failure ends nothing', async () => {
    const { pages } = await crawl(site);
    const told = pages.map(({ url, state, code, reason }) => [url.slice(20), state, code, reason]);
    expect(told).toEqual([
      ['/', 'fetched', undefined, undefined],
      ['/gone', 'failed', 'not_found', 'the site answers 404'],
      ['/down', 'failed', 'page_unavailable', 'The page could not be fetched.'],
      ['/refused', 'failed', 'url_refused', 'This address may not be fetched.'],
      ['/picture', 'skipped', 'not_a_page', 'It holds image/png.'],
      ['/empty', 'skipped', 'empty', 'it holds no text'],
      ['/file.pdf', 'skipped', 'not_a_page', undefined],
      ['/file.ZIP', 'skipped', 'not_a_page', undefined],
      ['/good', 'fetched', undefined, undefined],
    ]);
  });

  test('and its content when it was read', async () => {
    const { pages } = await crawl(site);
    const good = pages.find((page) => page.url.endsWith('/good'));
    expect(good?.content).toMatchObject({ text: 'good words', title: 'Good', bytes: 29 });
    expect(good?.hash).toMatch(/^[0-9a-f]{64}$/);
  });
});

test('a crawl that somebody else goes on with after any of its pages ends as one that was never interrupted', async () => {
  const site = {
    [start]: `home ${links('/a', '/b', '/a.pdf', '/twin')}`,
    'https://shop.example/a': { to: 'https://shop.example/moved', html: `a ${links('/c', '/moved')}` },
    'https://shop.example/b': `b <link rel="canonical" href="/canon"> ${links('/canon', '/d')}`,
    'https://shop.example/twin': `b ${links('/e')}`,
    'https://shop.example/c': 'c',
    'https://shop.example/d': 'd',
    'https://shop.example/e': 'e',
  };
  const whole = await crawl(site);
  for (let kept = 1; kept < whole.pages.length; kept += 1) {
    const stop = new AbortController();
    let at = 0;
    const onKeep = (): void => {
      at += 1;
      if (at === kept) stop.abort();
    };
    const first = await crawl(site, { signal: stop.signal, onKeep });
    const rest = await crawl(site, { list: first.list });
    expect(rest.pages).toEqual(whole.pages);
    expect([...first.visits, ...rest.visits]).toEqual(whole.visits);
  }
});
