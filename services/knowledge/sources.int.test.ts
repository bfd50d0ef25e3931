import { createServer, type Server } from 'node:http';
import { afterEach, beforeEach, expect, test } from 'vitest';
import * as contracts from '../../shared/contracts/knowledge-sources.ts';
import { eventually } from '../../tests/support/eventually.ts';
import { openWorld, type World } from './testing/world.ts';

let world: World;
let site: Server;
let url: string;
let domainId: string;
/** Words by path; the start page leads to all of them. */
let pages: Record<string, string>;
let answers: string[];

const bodyOf = (path: string): string | undefined => {
  if (path !== '/') return pages[path] === undefined ? undefined : `<p>${pages[path]}</p>`;
  return `<h1>Lamps</h1><p>All our lamps.</p><nav>${Object.keys(pages)
    .map((page) => `<a href="${page}">x</a>`)
    .join(' ')}</nav>`;
};

beforeEach(async () => {
  pages = Object.fromEntries([1, 2, 3, 4].map((at) => [`/${at}`, `The lamp of number ${at} is lit at dusk.`]));
  answers = [];
  site = createServer((request, response) => {
    const path = request.url ?? '/';
    const body = bodyOf(path);
    const etag = `"${Buffer.from(body ?? '')
      .toString('hex')
      .slice(-60)}"`;
    const status = body === undefined ? 404 : request.headers['if-none-match'] === etag ? 304 : 200;
    if (!/robots|sitemap/.test(path)) answers.push(`${path} ${status}`);
    response.writeHead(status, { 'content-type': 'text/html', etag }).end(status === 200 ? body : undefined);
  });
  await new Promise<void>((listening) => site.listen(0, '127.0.0.1', listening));
  const address = site.address();
  const host = `127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
  url = `http://${host}/`;
  world = await openWorld({ settings: { CRAWL_ALLOW_HOSTS: host, CRAWL_DELAY_MS: '0' } });
  domainId = await world.registered('lamps.example');
});
afterEach(async () => {
  await world.close();
  site.closeAllConnections();
  site.close();
});

const add = async (change: object = {}) =>
  (await world.ask(contracts.addSource, { domain_id: domainId, url, ...change })).source;
const get = async (source_id: string) =>
  (await world.ask(contracts.getSource, { domain_id: domainId, source_id })).source;
const runEnd = async (source_id: string) => {
  const jobId = (await get(source_id)).last_run?.job_id ?? '';
  expect(await world.jobEnd(domainId, jobId)).toMatchObject({ error: null, phase: 'done' });
  return (await get(source_id)).last_run?.changes;
};
const runAgain = async (source_id: string) => {
  answers = [];
  await world.ask(contracts.runSource, { domain_id: domainId, source_id });
  return runEnd(source_id);
};
const names = async () => (await world.documents(domainId)).map(({ name }) => name.replace(url, '/')).sort();
const nothing = { added: 0, changed: 0, unchanged: 0, pruned: 0, vanished: 0, failed: 0 };

test('a source takes in what is new and changed, and asks for the rest without fetching it', async () => {
  const { id, state } = await add();
  expect(state).toBe('active');
  expect(await runEnd(id)).toEqual({ ...nothing, added: 5 });
  const before = await world.documents(domainId);
  expect(await runAgain(id)).toEqual({ ...nothing, unchanged: 5 });
  expect(new Set(answers.map((answer) => answer.slice(-3)))).toEqual(new Set(['304']));

  pages['/2'] = 'The lamp of number 2 is never lit.';
  expect(await runAgain(id)).toEqual({ ...nothing, changed: 1, unchanged: 4 });
  expect(answers.filter((answer) => answer.endsWith('200'))).toEqual(['/2 200']);
  const changed = (await world.documents(domainId)).find(({ name }) => name.endsWith('/2'));
  expect(changed).toMatchObject({ id: before.find(({ name }) => name.endsWith('/2'))?.id, version: 2 });
  expect((await world.told(domainId, ['SourceSynced'])).length).toBe(3);
});

test('a page that vanished is pruned, and the run says which', async () => {
  const { id } = await add();
  await runEnd(id);
  delete pages['/3'];
  expect(await runAgain(id)).toEqual({ ...nothing, unchanged: 4, pruned: 1 });
  await eventually(async () => !(await names()).includes('/3'), 20_000);
  expect(await names()).toEqual(['/', '/1', '/2', '/4']);
  const job_id = (await get(id)).last_run?.job_id ?? '';
  const run = await world.ask(contracts.getRun, { domain_id: domainId, source_id: id, job_id, change: 'pruned' });
  expect(run).toMatchObject({ total: 1, pages: [{ url: `${url}3`, change: 'pruned' }] });
});

test('nothing is pruned unasked when more than thirty per cent vanished', async () => {
  const { id } = await add();
  await runEnd(id);
  const all = await names();
  delete pages['/3'];
  delete pages['/4'];
  expect(await runAgain(id)).toMatchObject({ pruned: 0, vanished: 2 });
  expect(await get(id)).toMatchObject({ state: 'needs_confirmation', next_run_at: null });
  await expect(world.ask(contracts.runSource, { domain_id: domainId, source_id: id })).rejects.toMatchObject({
    code: 'conflict',
  });
  expect(await names()).toEqual(all);
  const [asked] = await world.told(domainId, ['PagesVanished']);
  expect(asked?.data).toMatchObject({ source_id: id, vanished: 2, known: 5 });

  const { source } = await world.ask(contracts.answerSource, { domain_id: domainId, source_id: id, prune: true });
  expect(source.state).toBe('active');
  await eventually(async () => (await names()).length === 3, 20_000);
});

test('pages that are to stay are no longer the source\u2019s, and are not asked about again', async () => {
  const { id } = await add();
  await runEnd(id);
  delete pages['/3'];
  delete pages['/4'];
  await runAgain(id);
  await world.ask(contracts.answerSource, { domain_id: domainId, source_id: id, prune: false });
  expect(await runAgain(id)).toEqual({ ...nothing, unchanged: 3 });
  expect(await get(id)).toMatchObject({ state: 'active', pages: 3 });
  expect(await names()).toHaveLength(5);
});

test('a source that is removed takes its pages along', async () => {
  const { id } = await add();
  await runEnd(id);
  await world.ask(contracts.removeSource, { domain_id: domainId, source_id: id });
  await eventually(async () => (await names()).length === 0, 20_000);
  await expect(get(id)).rejects.toMatchObject({ code: 'source_unknown' });
});

test('a domain that is removed takes its sources along', async () => {
  const { id } = await add();
  await runEnd(id);
  await world.removed(domainId);
  await eventually(async () => (await world.sql('select 1 from sources')).length === 0, 20_000);
  expect(await world.sql('select 1 from source_pages')).toEqual([]);
});

test('a source that is due runs by itself, one that is paused does not', async () => {
  const { id } = await add();
  await runEnd(id);
  const due = () => world.sql(`update sources set next_run_at = now() - interval '1 minute'`);
  const runs = async () => (await world.ask(contracts.listRuns, { domain_id: domainId, source_id: id })).runs.length;
  await due();
  await eventually(async () => (await runs()) === 2, 20_000);
  await runEnd(id);
  await world.ask(contracts.updateSource, { domain_id: domainId, source_id: id, is_paused: true });
  await due();
  await runAgain(id);
  expect([await runs(), (await get(id)).next_run_at]).toEqual([3, null]);
});

test('what is no address, a source already or nobody\u2019s is refused', async () => {
  const { id } = await add();
  await expect(add()).rejects.toMatchObject({ code: 'conflict' });
  await expect(add({ url: 'http://10.0.0.1/' })).rejects.toMatchObject({ code: 'url_refused' });
  const stranger = await world.registered('other.example');
  const asked = { domain_id: stranger, source_id: id };
  await expect(world.ask(contracts.getSource, asked)).rejects.toMatchObject({ code: 'source_unknown' });
  await expect(world.ask(contracts.removeSource, asked)).rejects.toMatchObject({ code: 'source_unknown' });
});
