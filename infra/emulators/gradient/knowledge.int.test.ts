import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { startGradientEmulator, type GradientEmulator } from './serve.ts';
import { createTestClient, type TestClient } from './test-client.ts';

let emulator: GradientEmulator;
let client: TestClient;

beforeEach(async () => {
  emulator = await startGradientEmulator({ port: 0, deployMs: 0, databaseMs: 0, indexMs: 0 });
  client = createTestClient(emulator);
});

afterEach(() => emulator.stop());

const kettle = { 'kettle.md': '# Kettle\n\nThe warranty lasts 24 months and covers the heating coil.' };
const question = [{ role: 'user', content: 'How long is the warranty?' }];
const contentOf = 'choices.0.message.content';

it('sources given at creation are indexed without being asked, once the database is online', async () => {
  const { baseUuid } = await client.prepare(kettle);
  const base = await client.call('GET', `/knowledge_bases/${baseUuid}`);
  expect(base.at('database_status')).toBe('ONLINE');
  expect(base.at('knowledge_base.last_indexing_job')).toMatchObject({
    phase: 'BATCH_JOB_PHASE_SUCCEEDED',
    status: 'INDEX_JOB_STATUS_COMPLETED',
    data_source_jobs: [{ status: 'DATA_SOURCE_STATUS_UPDATED', indexed_item_count: '1', failed_item_count: '0' }],
  });
});

it('a first knowledge base waits for its database and cannot be indexed before; an existing database is quick', async () => {
  await client.control('/settings', { database_ms: 60_000 });
  const first = await client.call('POST', '/knowledge_bases', { name: 'first' });
  const uuid = first.text('knowledge_base.uuid');
  expect(first.at('knowledge_base.database_id')).toBeUndefined();
  expect((await client.call('GET', `/knowledge_bases/${uuid}`)).at('database_status')).toBe('CREATING');
  const job = await client.call('POST', '/indexing_jobs', { knowledge_base_uuid: uuid });
  expect(job).toMatchObject({ status: 500, body: { message: 'failed to get db creds' } });
  const second = await client.call('POST', '/knowledge_bases', { name: 'second', database_id: 'a-cluster-of-ours' });
  expect(second.at('knowledge_base.database_id')).toBe('a-cluster-of-ours');
});

it('a job goes from pending over running to its end, and may be hidden at first', async () => {
  const { baseUuid } = await client.prepare(kettle);
  await client.control('/settings', { index_ms: 200, job_hidden_once: true });
  const started = await client.call('POST', '/indexing_jobs', { knowledge_base_uuid: baseUuid });
  expect(started.at('job.phase')).toBe('BATCH_JOB_PHASE_PENDING');
  const job = `/indexing_jobs/${started.text('job.uuid')}`;
  expect((await client.call('GET', job)).status).toBe(404);
  await vi.waitFor(async () => {
    expect((await client.call('GET', job)).at('job.phase')).toBe('BATCH_JOB_PHASE_RUNNING');
  });
  await vi.waitFor(async () => {
    // Nothing had changed since the base was created.
    expect((await client.call('GET', job)).at('job.status')).toBe('INDEX_JOB_STATUS_NO_CHANGES');
  });
});

it('a cancelled job indexes nothing', async () => {
  await client.control('/settings', { index_ms: 60_000 });
  const { baseUuid, url, secret } = await client.prepare(kettle);
  const jobs = await client.call('GET', `/knowledge_bases/${baseUuid}/indexing_jobs`);
  const cancelled = await client.call('PUT', `/indexing_jobs/${jobs.text('jobs.0.uuid')}/cancel`);
  expect(cancelled.at('job')).toMatchObject({
    phase: 'BATCH_JOB_PHASE_CANCELLED',
    status: 'INDEX_JOB_STATUS_CANCELLED',
  });
  expect((await client.ask(url, secret, question)).text(contentOf)).toMatch(/^I don't know/u);
});

it('a job with a file that cannot be read ends PARTIAL and tells which', async () => {
  const { baseUuid } = await client.prepare({ ...kettle, 'scan.pdf': '%PDF-1.7' });
  const base = await client.call('GET', `/knowledge_bases/${baseUuid}`);
  expect(base.at('knowledge_base.last_indexing_job.status')).toBe('INDEX_JOB_STATUS_PARTIAL');
  const sources = await client.call('GET', `/knowledge_bases/${baseUuid}/data_sources`);
  expect(sources.at('knowledge_base_data_sources.1.last_datasource_indexing_job')).toMatchObject({
    status: 'DATA_SOURCE_STATUS_FAILED',
    failed_item_count: '1',
  });
});

it('a deleted source or base is not answered from any more; the database stays', async () => {
  const { baseUuid, agentUuid, url, secret } = await client.prepare(kettle);
  const sources = await client.call('GET', `/knowledge_bases/${baseUuid}/data_sources`);
  const source = `/knowledge_bases/${baseUuid}/data_sources/${sources.text('knowledge_base_data_sources.0.uuid')}`;
  expect((await client.call('DELETE', source)).status).toBe(200);
  expect((await client.ask(url, secret, question)).text(contentOf)).toMatch(/^I don't know/u);
  expect((await client.call('DELETE', `/knowledge_bases/${baseUuid}`)).body).toEqual({ uuid: baseUuid });
  expect((await client.call('GET', `/agents/${agentUuid}`)).at('agent.knowledge_bases')).toEqual([]);
  expect((await client.control('/journal')).at('counts')).toMatchObject({
    agents: 1,
    knowledge_bases: 0,
    databases: 1,
  });
});

it('a file for an existing knowledge base is refused, unless a switch takes it', async () => {
  const { baseUuid } = await client.prepare(kettle);
  const file = { original_file_name: 'a.md', stored_object_key: 'a', size_in_bytes: '1' };
  const add = () => client.call('POST', `/knowledge_bases/${baseUuid}/data_sources`, { file_upload_data_source: file });
  expect((await add()).status).toBe(400);
  expect((await client.control('/violations')).at('violations')).toEqual([]);
  await client.control('/settings', { accept_file_sources: true });
  expect((await add()).status).toBe(200);
});

it('a web crawl is taken and finds nothing, since nothing outside is fetched', async () => {
  const crawler = { base_url: 'https://shop.example', crawling_option: 'PATH' };
  const base = await client.call('POST', '/knowledge_bases', {
    name: 'b',
    datasources: [{ web_crawler_data_source: crawler }],
  });
  const found = await client.call('GET', `/knowledge_bases/${base.text('knowledge_base.uuid')}`);
  expect(found.at('knowledge_base.last_indexing_job')).toMatchObject({
    status: 'INDEX_JOB_STATUS_COMPLETED',
    data_source_jobs: [{ indexed_item_count: '0' }],
  });
});

it('a presigned address takes its own object only, and not for ever', async () => {
  const presign = () =>
    client.call('POST', '/knowledge_bases/data_sources/file_upload_presigned_urls', {
      files: [{ file_name: 'a.md', file_size: 3 }],
    });
  const put = async (url: string) => (await fetch(url, { method: 'PUT', body: 'abc' })).status;
  const url = (await presign()).text('uploads.0.presigned_url');
  expect(await put(url)).toBe(200);
  expect(await put(url.replace('a.md', 'b.md'))).toBe(403);
  await client.control('/settings', { upload_url_ms: 0 });
  const expired = (await presign()).text('uploads.0.presigned_url');
  await vi.waitFor(async () => expect(await put(expired)).toBe(403));
});

it('one knowledge base is searched without an agent', async () => {
  const { baseUuid } = await client.prepare(kettle);
  const response = await fetch(`${emulator.url}/v1/${baseUuid}/retrieve`, {
    method: 'POST',
    headers: { authorization: 'Bearer any', 'content-type': 'application/json' },
    body: JSON.stringify({ query: 'warranty months', num_results: 1 }),
  });
  expect(await response.json()).toMatchObject({
    total_results: 1,
    results: [{ metadata: { item_name: 'kettle.md' } }],
  });
});

it('everything survives a restart', async () => {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'gradient-'));
  const before = await startGradientEmulator({ port: 0, dataDir, deployMs: 0, databaseMs: 0, indexMs: 0 });
  const { agentUuid, secret } = await createTestClient(before).prepare(kettle);
  await before.stop();
  const after = await startGradientEmulator({ port: 0, dataDir });
  const reopened = createTestClient(after);
  const agent = await reopened.call('GET', `/agents/${agentUuid}`);
  const answer = await reopened.ask(agent.text('agent.deployment.url'), secret, question);
  expect(answer.text(contentOf)).toContain('24 months');
  await after.stop();
  await rm(dataDir, { recursive: true });
});
