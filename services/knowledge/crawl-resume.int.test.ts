import { createServer, type Server } from 'node:http';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { eventually } from '../../tests/support/eventually.ts';
import { startCrawl } from '../../shared/contracts/knowledge.ts';
import { openWorld, type World } from './testing/world.ts';

const pages: Readonly<Record<string, string>> = {
  '/': '<h1>Lamps</h1><p>Welcome to the lamps.</p><a href="/a">A</a><a href="/b">B</a><a href="/manual.pdf">M</a>',
  '/a': '<p>The lamp of A is lit at dusk.</p><a href="/c">C</a>',
  '/b': '<p>The lamp of B is lit at dawn.</p>',
  '/c': '<p>The lamp of C is never lit.</p>',
};

let world: World;
let site: Server;
let url: string;
let hits: string[];
/** The first request for it is never answered. */
let silentPath: string | undefined;

beforeEach(async () => {
  hits = [];
  site = createServer((request, response) => {
    const path = request.url ?? '/';
    hits.push(path);
    if (path === silentPath) {
      silentPath = undefined;
      return;
    }
    response.writeHead(path in pages ? 200 : 404, { 'content-type': 'text/html' }).end(pages[path] ?? '<p>gone</p>');
  });
  await new Promise<void>((listening) => site.listen(0, '127.0.0.1', listening));
  const address = site.address();
  const host = `127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
  url = `http://${host}`;
  world = await openWorld({ settings: { CRAWL_ALLOW_HOSTS: host } });
});
afterEach(async () => {
  await world.close();
  site.closeAllConnections();
  site.close();
});

const crawled = async (domainId: string): Promise<string> => {
  const { job_id } = await world.ask(startCrawl, { domain_id: domainId, url, depth_max: 3, links_max: 10 });
  return job_id;
};
/** To the others the process that has the crawl is dead: it said nothing for as long as a lease is. */
const fallSilent = () =>
  world.sql(`update jobs set lease_until = now() - interval '1 second', next_at = now() where kind = 'crawl'`);
const visits = () => hits.filter((path) => !['/robots.txt', '/sitemap.xml'].includes(path)).sort();
const heldPages = async () => (await world.sql(`select 1 from documents where state = 'extracting'`)).length;

const anIndexedDomain = async (): Promise<string> => {
  const domainId = await world.registered('oak.example');
  await eventually(async () => (await world.bases(domainId))[0]?.state === 'indexed', 20_000);
  return domainId;
};

test('a crawl whose process dies between two pages goes on there and fetches nothing twice', async () => {
  silentPath = '/c';
  const domainId = await anIndexedDomain();
  const jobId = await crawled(domainId);
  await eventually(async () => silentPath === undefined, 20_000);
  expect(await heldPages()).toBe(3);
  expect((await world.job(domainId, jobId)).items).toMatchObject([
    { name: `${url}/`, state: 'extracting' },
    { name: `${url}/a`, state: 'extracting' },
    { name: `${url}/b`, state: 'extracting' },
    { name: `${url}/manual.pdf`, state: 'skipped', code: 'not_a_page' },
    { name: `${url}/c`, state: 'found' },
  ]);
  await world.startReplica();
  await fallSilent();

  expect(await world.jobEnd(domainId, jobId)).toMatchObject({ phase: 'done' });
  expect(visits()).toEqual(['/', '/a', '/b', '/c', '/c']);
  const documents = await world.documents(domainId);
  expect(documents.map(({ name }) => name.replace(url, '')).sort()).toEqual(['/', '/a', '/b', '/c']);
  expect(await world.job(domainId, jobId)).toMatchObject({ total: 5, done: 5 });
  const told = await world.told(domainId, ['CrawlProgressed']);
  expect(told.map(({ data }) => [data['pages_done'], data['pages_found']])).toEqual([
    [2, 5],
    [3, 5],
    [4, 5],
    [5, 5],
  ]);
});

test('a crawl that is cancelled keeps no page', async () => {
  silentPath = '/b';
  const domainId = await anIndexedDomain();
  const jobId = await crawled(domainId);
  await eventually(async () => silentPath === undefined, 20_000);
  await world.cancel(domainId, jobId);
  expect(await heldPages()).toBe(0);
  expect(await world.documents(domainId)).toEqual([]);
});
