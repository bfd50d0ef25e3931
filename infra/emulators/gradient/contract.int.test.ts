import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { startGradientEmulator, type GradientEmulator } from './serve.ts';
import { agentBody, createTestClient, type TestClient } from './test-client.ts';

const violationsIn = (body: unknown) =>
  z.object({ violations: z.array(z.object({ method: z.string(), reason: z.string() })) }).parse(body);

let emulator: GradientEmulator;
let client: TestClient;

beforeEach(async () => {
  emulator = await startGradientEmulator({ port: 0, deployMs: 0, databaseMs: 0, indexMs: 0 });
  client = createTestClient(emulator);
});

afterEach(() => emulator.stop());

describe('the contract', () => {
  it.each([
    ['an unknown field', 'POST', '/knowledge_bases', { name: 'a', temperature: 1 }, 400, /temperature/u],
    ['a wrong type', 'POST', '/knowledge_bases', { name: 7 }, 400, /name/u],
    [
      'a field that only updates have',
      'POST',
      '/agents',
      { ...agentBody, provide_citations: true },
      400,
      /provide_citations/u,
    ],
    ['an unknown query parameter', 'GET', '/agents?limit=5', undefined, 400, /limit/u],
    ['an unknown route', 'GET', '/agent', undefined, 501, /no such route/u],
    ['a PATCH', 'PATCH', '/agents/x', {}, 405, /PUT/u],
  ])('%s is refused and recorded', async (_name, method, route, body, status, reason) => {
    expect((await client.call(method, route, body)).status).toBe(status);
    const { violations } = violationsIn((await client.control('/violations')).body);
    expect(violations).toHaveLength(1);
    expect(violations[0]?.method).toBe(method);
    expect(violations[0]?.reason).toMatch(reason);
  });

  it('lenient, unknown fields are ignored and unknown routes are 404, as in the cloud', async () => {
    await client.control('/settings', { strict: false });
    const created = await client.call('POST', '/agents', { ...agentBody, temperature: 0.1 });
    expect(created.status).toBe(200);
    expect(created.at('agent.temperature')).toBe(0.7);
    expect((await client.call('GET', '/nowhere')).status).toBe(404);
    expect((await client.control('/violations')).at('violations')).toEqual([]);
  });

  it('a request without a token is 401', async () => {
    expect((await fetch(`${emulator.baseUrl}/agents`)).status).toBe(401);
  });

  it('rate limits are told always and enforced on demand, with retry-after for a burst only', async () => {
    expect(Number((await client.call('GET', '/models')).headers.get('ratelimit-remaining'))).toBe(4999);
    await client.control('/settings', { rate_limit_per_minute: 2, rate_limit_enforced: true });
    expect((await client.call('GET', '/models')).status).toBe(200);
    const burst = await client.call('GET', '/models');
    expect(burst).toMatchObject({ status: 429, body: { id: 'too_many_requests' } });
    expect(Number(burst.headers.get('retry-after'))).toBeGreaterThan(0);
    await client.control('/settings', { rate_limit_per_minute: 100, rate_limit_per_hour: 2 });
    expect((await client.call('GET', '/models')).headers.has('retry-after')).toBe(false);
  });
});

it('the journal tells what was done', async () => {
  await client.call('POST', '/agents', agentBody);
  await client.call('GET', '/agents');
  const journal = await client.control('/journal?effects=true');
  expect(journal.at('entries')).toEqual([
    expect.objectContaining({ method: 'POST', path: '/v2/gen-ai/agents', status: 200, body: agentBody }),
  ]);
  expect(journal.at('counts.agents')).toBe(1);
  await client.control('/reset', {});
  expect((await client.control('/journal')).body).toMatchObject({ entries: [], counts: { agents: 0 } });
});
