import { get } from 'node:http';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { z } from 'zod';
import { hostileWeather } from '../support/hostile-weather.ts';
import { startGradientEmulator, type GradientEmulator } from './serve.ts';
import { agentBody, createTestClient, type TestClient } from './test-client.ts';

let emulator: GradientEmulator;
let client: TestClient;

beforeEach(async () => {
  emulator = await startGradientEmulator({ port: 0, deployMs: 0, databaseMs: 0, indexMs: 0 });
  client = createTestClient(emulator);
});

afterEach(() => emulator.stop());

it('one before the effect leaves nothing behind, one after it does', async () => {
  const match = { method: 'POST', path: '/v2/gen-ai/agents' };
  await client.control('/faults', [
    { match, action: 'status', status: 500 },
    { match, action: 'status', status: 504, phase: 'after' },
  ]);
  const statusAndTotal = async () => {
    const { status } = await client.call('POST', '/agents', agentBody);
    return [status, (await client.call('GET', '/agents')).at('meta.total')];
  };
  expect(await statusAndTotal()).toEqual([500, 0]);
  expect(await statusAndTotal()).toEqual([504, 1]);
  expect(await statusAndTotal()).toEqual([200, 2]);
});

it.each(['reset', 'truncate'])('%s breaks the connection once', async (action) => {
  await client.control('/faults', { action, match: { path_prefix: '/v2/gen-ai' } });
  await expect(client.call('GET', '/models')).rejects.toThrow();
  expect((await client.call('GET', '/models')).status).toBe(200);
});

it('a hung request never answers, a slow one late', async () => {
  await client.control('/faults', [{ action: 'hang' }, { action: 'slow_ms', slow_ms: 30 }]);
  const hung = fetch(`${emulator.baseUrl}/models`, { signal: AbortSignal.timeout(100) });
  await expect(hung).rejects.toThrow('timeout');
  const startedAt = performance.now();
  expect((await client.call('GET', '/models')).status).toBe(200);
  expect(performance.now() - startedAt).toBeGreaterThan(25);
});

it('429 comes with its retry-after, garbage is no JSON', async () => {
  await client.control('/faults', [{ action: 'status', status: 429, retry_after: 1, times: 2 }, { action: 'garbage' }]);
  for (const attempt of [1, 2]) {
    const { status, headers } = await client.call('GET', `/models?page=${attempt.toString()}`);
    expect([status, headers.get('retry-after')]).toEqual([429, '1']);
  }
  await expect(client.call('GET', '/models')).rejects.toThrow(SyntaxError);
});

it('a fault that no request can match is refused', async () => {
  expect((await client.control('/faults', { action: 'explode' })).status).toBe(400);
});

it('a slow request takes effect although its caller has left', async () => {
  await client.control('/faults', { action: 'slow_ms', slow_ms: 200, match: { method: 'POST' } });
  const left = fetch(`${emulator.baseUrl}/agents`, {
    method: 'POST',
    headers: { authorization: 'Bearer t', 'content-type': 'application/json' },
    body: JSON.stringify(agentBody),
    signal: AbortSignal.timeout(100),
  });
  await expect(left).rejects.toThrow('timeout');
  expect((await client.call('GET', '/agents')).at('meta.total')).toBe(0);
  await expect.poll(async () => (await client.call('GET', '/agents')).at('meta.total')).toBe(1);
});

it('a fault can be kept to one domain, by part of the name of what it is about', async () => {
  const make = async (name: string) =>
    (await client.call('POST', '/agents', { ...agentBody, name })).text('agent.uuid');
  const [good, bad] = [await make('good-1'), await make('bad-1')];
  await client.control('/faults', { action: 'status', status: 500, times: 1000, match: { name_includes: 'bad' } });
  expect((await client.call('GET', `/agents/${good}`)).status).toBe(200);
  expect((await client.call('GET', `/agents/${bad}`)).status).toBe(500);
  expect((await client.call('POST', '/agents', { ...agentBody, name: 'bad-2' })).status).toBe(500);
});

it.each([
  ['hang_body', undefined],
  ['drip', undefined],
  ['huge', 50_000_002],
  ['gzip_bomb', 50_000_002],
  ['wrong_type', 1000],
  ['endless_sse', undefined],
])('%s answers 200 with what no client should read to its end', async (action, length) => {
  await client.control('/faults', { action, every_ms: 10 });
  const signal = AbortSignal.timeout(length === undefined ? 300 : 20_000);
  const response = await fetch(`${emulator.baseUrl}/models`, { headers: { authorization: 'Bearer t' }, signal });
  expect(response.status).toBe(200);
  const size = response.arrayBuffer().then(({ byteLength }) => byteLength);
  await (length === undefined
    ? expect(size).rejects.toThrow('timeout')
    : expect(size).resolves.toBeGreaterThanOrEqual(length));
});

it("headers over any parser's limit break the connection", async () => {
  await client.control('/faults', { action: 'huge_headers' });
  const code = new Promise((resolve) => {
    get(`${emulator.baseUrl}/models`).once('error', (error) => resolve('code' in error && error.code));
  });
  expect(await code).toBe('HPE_HEADER_OVERFLOW');
});

it('who follows a redirect is seen in the journal', async () => {
  await client.control('/faults', { action: 'redirect' });
  await client.call('GET', '/models').catch(() => undefined);
  const entries = JSON.stringify((await client.control('/journal')).at('entries'));
  expect(entries).toContain('/followed-a-redirect');
});

it('weather is the same for the same seed and has its shares', async () => {
  const outcomes = async (seed: number): Promise<string> => {
    await client.control('/weather', hostileWeather({ seed, slowMs: 1 }));
    let seen = '';
    for (let call = 0; call < 300; call += 1) {
      seen += await client.call('GET', '/models').then(
        ({ status }) => `${status.toString()} `,
        () => 'broken ',
      );
    }
    return seen;
  };
  const first = await outcomes(7);
  expect(await outcomes(7)).toBe(first);
  expect(await outcomes(8)).not.toBe(first);
  const report = z.object({ faults: z.array(z.object({ share: z.number(), happened: z.number() })) });
  for (const { share, happened } of report.parse((await client.control('/weather')).body).faults) {
    expect(Math.abs(happened / 300 - share)).toBeLessThan(0.04);
  }
});

it('weather ends when it is told to', async () => {
  await client.control('/weather', { faults: [{ share: 1, action: 'status' }] });
  expect((await client.call('GET', '/models')).status).toBe(503);
  await fetch(`${emulator.url}/__emulator/weather`, { method: 'DELETE' });
  expect((await client.call('GET', '/models')).status).toBe(200);
});

it('effects tell by name what was made and what of it is alive', async () => {
  const { agentUuid, url, secret } = await client.prepare({ 'a.md': 'A kettle.' });
  await client.ask(url, secret, [{ role: 'user', content: 'Hello' }]);
  await client.call('POST', `/agents/${agentUuid}/api_keys`, { name: 'k2' });
  await client.call('POST', '/agents', agentBody);
  await client.call('DELETE', `/agents/${agentUuid}`);
  expect((await client.control('/effects')).body).toEqual({
    agents: { a: { made: 2, alive: 1 } },
    agent_keys: { a: { made: 2, alive: 0 } },
    knowledge_bases: { b: { made: 1, alive: 1 } },
    completions: { a: { made: 1, alive: 0 } },
  });
});

it('a list lags behind by as much as it is told to', async () => {
  await client.control('/settings', { list_stale_ms: 300 });
  expect((await client.call('GET', '/agents')).at('meta.total')).toBe(0);
  await client.call('POST', '/agents', agentBody);
  expect((await client.call('GET', '/agents')).at('meta.total')).toBe(0);
  await expect.poll(async () => (await client.call('GET', '/agents')).at('meta.total')).toBe(1);
});

it('who comes back before the told moment is recorded', async () => {
  await client.control('/faults', { action: 'status', status: 429, retry_after: 60 });
  await client.call('GET', '/models');
  expect((await client.control('/early-returns')).at('early_returns')).toEqual([]);
  await client.call('GET', '/agents');
  expect((await client.control('/early-returns')).at('early_returns')).toMatchObject([
    { method: 'GET', path: '/v2/gen-ai/agents' },
  ]);
});
