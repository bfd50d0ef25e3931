import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Site } from '../support/api.ts';
import { eventually } from '../support/eventually.ts';
import { openSse, type Reply } from '../support/http.ts';
import { startSystem, type System } from '../support/system.ts';
import { startWebsite, type Website } from '../support/website.ts';

const pageOf = (title: string, words: string, links: readonly string[] = []): string =>
  `<html><head><title>${title}</title></head><body><main><h1>${title}</h1><p>${words}</p>${links
    .map((link) => `<a href="${link}">${link}</a>`)
    .join(' ')}</main></body></html>`;

let website: Website;
let elsewhere: Website;
let system: System;
let sites = 0;
let site: Site;

beforeAll(async () => {
  elsewhere = await startWebsite(() => ({ '/': pageOf('Elsewhere', 'Nobody should read this.') }));
  website = await startWebsite(() => ({
    '/': pageOf('Oak & Ink', 'Fountain pens and paper since 1911.', [
      '/delivery',
      '/repairs',
      '/gone',
      `${elsewhere.url}/`,
      'http://169.254.169.254/latest/meta-data',
    ]),
    '/delivery': pageOf('Delivery', 'Parcels travel by bicycle courier every Thursday.', ['/delivery/abroad']),
    '/repairs': pageOf('Repairs', 'A bent nib is straightened within nine working days.'),
    '/delivery/abroad': pageOf('Abroad', 'Orders to Norway go by mail boat.'),
  }));
  system = await startSystem({ env: { CRAWL_ALLOW_HOSTS: website.host } });
});
beforeEach(async () => {
  sites += 1;
  site = await system.api.register(`crawl-${sites}.example`);
});
afterAll(async () => {
  expect(await system.clouds.gradient.violations()).toEqual([]);
  await Promise.all([system.stop(), website.stop(), elsewhere.stop()]);
});

const crawl = (body: Readonly<Record<string, unknown>>, query = ''): Promise<Reply> =>
  site.asOwner(`/knowledge/upload/url${query}`, { body: { url_to_scrape: website.url, ...body } });
const namesOf = async (): Promise<readonly string[]> =>
  (await site.documents()).map(({ name }) => name.replace(website.url, '')).sort();

test('a site is crawled, told page by page, and answered from with its address', async () => {
  const reply = await crawl({ max_depth: 3, max_links: 10 });
  expect(reply.status).toBe(200);
  const { details } = reply.body as { details: { job_id: string } };
  expect(reply.body).toMatchObject({ success: true, details: { max_depth: 3, max_links: 10 } });

  const stream = await openSse(`${system.api.url}/knowledge/jobs/${details.job_id}`, {
    headers: { authorization: `Bearer ${site.apiKey}` },
  });
  await stream.ended;
  const seen = stream.events();
  expect(seen.at(-1)).toMatchObject({ event: 'end', data: { phase: 'done', kind: 'crawl' } });
  const { items } = seen.at(-1)?.data as { items: { name: string; state: string; reason?: string }[] };
  const states = Object.fromEntries(items.map(({ name, state }) => [name.replace(website.url, ''), state]));
  expect(states).toMatchObject({
    '/': 'indexed',
    '/delivery': 'indexed',
    '/repairs': 'indexed',
    '/delivery/abroad': 'indexed',
    '/gone': 'failed',
  });
  expect(items.find(({ name }) => name.endsWith('/gone'))?.reason).toContain('404');

  const events = await site.events();
  await eventually(() => events.events().some(({ event }) => event === 'CrawlProgressed'));
  events.leave();

  const answer = await site.ask('Within how many working days is a bent nib straightened?');
  expect(answer.answer).toContain('nine working days');
  expect(answer.sources).toEqual([`${website.url}/repairs`]);
  expect(answer.citations[0]).toMatchObject({ url: `${website.url}/repairs`, heading: expect.any(String) as string });
  // Neither another host nor a cloud's metadata address is touched, whatever a page links to.
  expect(elsewhere.connections()).toBe(0);
});

test('depth 1 reads the page alone, depth 2 what it links to', async () => {
  const one = await crawl({ max_depth: 1 }, '?wait=true');
  expect(one).toMatchObject({ status: 200, body: { success: true, status: 'done', pages_indexed: 1 } });
  expect(await namesOf()).toEqual(['/']);
  await crawl({ max_depth: 2 }, '?wait=true');
  expect(await namesOf()).toEqual(['/', '/delivery', '/repairs']);
});

test('no more pages are read than asked for', async () => {
  const reply = await crawl({ max_depth: 5, max_links: 2 }, '?wait=true');
  expect(reply).toMatchObject({ status: 200, body: { success: true, pages_indexed: 2 } });
  expect(await namesOf()).toHaveLength(2);
});

test('crawling again an unchanged site makes no second version', async () => {
  await crawl({ max_depth: 2 }, '?wait=true');
  const before = (await site.documents()).map(({ id }) => id).sort();
  const again = await crawl({ max_depth: 2 }, '?wait=true');
  expect(again).toMatchObject({ status: 200, body: { success: true, status: 'done' } });
  expect((await site.documents()).map(({ id }) => id).sort()).toEqual(before);
});

test.each(['/scrape', '/scrape-website'])('%s answers in the inherited fields', async (path) => {
  const body = { website_url: website.url, depth: 1, max_pages: 1 };
  const reply = await site.asOwner(`${path}?wait=true`, { body });
  expect(reply).toMatchObject({
    status: 200,
    body: { success: true, pages_scraped: 1, website_url: website.url, message: expect.any(String) as string },
  });
  expect(reply.body).toHaveProperty('job_id');
});

describe('an address that may not be fetched', () => {
  test.each([
    'http://{elsewhere}/',
    'http://localhost:9/',
    'http://169.254.169.254/latest/meta-data',
    'http://[::1]/',
    'http://2130706433/',
    'http://user:secret@shop.example/',
    'file:///etc/passwd',
    'ftp://shop.example/',
    'not an address',
  ])('%s is refused with 400 url_refused and no socket is opened', async (address) => {
    const before = elsewhere.connections();
    const reply = await crawl({ url_to_scrape: address.replace('{elsewhere}', elsewhere.host) });
    expect(reply).toMatchObject({ status: 400, body: { code: 'url_refused', success: false } });
    expect(elsewhere.connections()).toBe(before);
    expect(await site.documents()).toEqual([]);
  });

  test('a site without a readable page says so', async () => {
    const reply = await crawl({ url_to_scrape: `${website.url}/nowhere` }, '?wait=true');
    expect(reply).toMatchObject({ status: 400, body: { code: 'page_unavailable', success: false } });
  });

  test.each([{ max_depth: 0 }, { max_depth: 6 }, { max_links: 101 }, { max_links: 'all' }, { chunk_size: 1 }])(
    'the limit %j is refused',
    async (limits) => {
      expect(await crawl(limits)).toMatchObject({ status: 400, body: { code: 'invalid_request', success: false } });
    },
  );
});

test('a crawl that is cancelled leaves no page behind', async () => {
  const reply = await crawl({ max_depth: 3 });
  const { details } = reply.body as { details: { job_id: string } };
  const cancelled = await site.asOwner(`/knowledge/jobs/${details.job_id}/cancel`, { method: 'POST' });
  expect(cancelled).toMatchObject({ status: 200, body: { phase: 'cancelled' } });
  await eventually(async () => (await site.documents()).every(({ state }) => state !== 'accepted'));
  expect((await site.job(details.job_id)).phase).toBe('cancelled');
  expect((await site.documents()).filter(({ state }) => state === 'indexed')).toEqual([]);
});
