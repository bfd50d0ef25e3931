import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { cloudChunkingOf } from '../../services/knowledge/domain.ts';
import { Failure } from '../../shared/errors/failure.ts';
import { eventually } from '../support/eventually.ts';
import { isHeldBack } from '../../shared/http/held-back.ts';
import { wasNeverSent } from '../../shared/http/status.ts';
import { openClients, timeoutMs, type Clients } from './clients.ts';

let clients: Clients;
let known: { readonly agent: string; readonly secret: string; readonly endpoint: string };
beforeAll(async () => {
  clients = await openClients();
  known = await makeAgent(clients);
  // Looked up once, so that a creation is one call.
  await clients.cloud.embeddingModel();
});
afterEach(async () => {
  await Promise.all([clients.control('/faults', 'DELETE'), clients.memoryControl('/faults', 'DELETE')]);
});
afterAll(() => clients.close());

const { signal } = new AbortController();
const base = '00000000-0000-4000-8000-000000000001';

const makeAgent = async ({ gradient }: Clients) => {
  const agent = { name: 'parley-hostile', instruction: 'Help.', description: 'Support', tags: ['parley'] };
  const { uuid } = await gradient.createAgent({ ...agent, modelUuid: await gradient.modelUuid() });
  const { secret } = await gradient.createKey(uuid, 'parley');
  return { agent: uuid, secret, endpoint: (await gradient.getAgent(uuid, signal))?.url ?? '' };
};

type Calls = Readonly<Record<string, () => Promise<unknown>>>;

/** One call of each kind of each client; no two are judged by the same breaker. */
const cloudCalls = ({ gradient, cloud }: Clients): Calls => ({
  createAgent: () =>
    gradient.createAgent({ name: 'another', instruction: 'Help.', description: 'Support', tags: [], modelUuid: base }),
  getAgent: () => gradient.getAgent(known.agent, signal),
  deleteAgent: () => gradient.deleteAgent(known.agent, signal),
  createBase: () => {
    const chunking = cloudChunkingOf({ chunkSize: 1_000, useSemantic: true });
    const file = { storedName: 'a.md', bytes: 21, objectKey: 'uploads/a', chunking };
    return cloud.createBase({ name: 'parley-hostile', databaseId: null, files: [file] });
  },
  getBase: () => cloud.getBase(base),
  deleteBase: () => cloud.deleteBase(base),
});

const turnMs = 4 * timeoutMs;

const agentCalls = ({ agent }: Clients): Calls => ({
  complete: async () => {
    const messages = [{ role: 'user' as const, content: 'How long is delivery?' }];
    const turn = AbortSignal.timeout(turnMs);
    const { endpoint, secret: accessKey } = known;
    for await (const chunk of await agent.complete({ endpoint, accessKey }, messages, turn))
      expect(chunk).toBeDefined();
  },
});

const memoryCalls = ({ memory }: Clients): Calls => {
  const subject = { apiKey: 'a-key', remoteUser: 'visitor', sessionId: 'session' };
  return {
    recall: () => memory.recall({ ...subject, domainId: 'reads' }, timeoutMs),
    remember: () => memory.remember({ ...subject, domainId: 'writes' }, 'I like tea.'),
  };
};

// A read may be repeated twice in place.
const boundMs = 3 * timeoutMs + 2_000;

/** How each call ended: the code of its Failure, or what else it did. */
const endsOf = async (calls: Calls): Promise<Readonly<Record<string, string>>> => {
  const ends = Object.entries(calls).map(async ([name, call]) => {
    const startedAt = performance.now();
    const thrown: unknown = await call().then(
      () => 'an answer',
      (failure: unknown) => failure,
    );
    const ms = performance.now() - startedAt;
    if (ms > boundMs) return [name, `only after ${Math.round(ms)} ms`] as const;
    if (!(thrown instanceof Failure)) return [name, `not a Failure but ${String(thrown)}`] as const;
    return [name, wasNeverSent(thrown) ? 'not sent' : thrown.code] as const;
  });
  return Object.fromEntries(await Promise.all(ends));
};

const allAre = (calls: Calls, code: string) => Object.fromEntries(Object.keys(calls).map((name) => [name, code]));

const beHostile = async (fault: Readonly<Record<string, unknown>>): Promise<void> => {
  await Promise.all([
    clients.control('/faults', 'POST', { ...fault, times: 1_000 }),
    clients.memoryControl('/faults', 'POST', { ...fault, times: 1_000 }),
  ]);
};

test.each([
  ['500', { action: 'status', status: 500 }],
  ['503', { action: 'status', status: 503 }],
  ['429 without a time', { action: 'status', status: 429 }],
  ['408', { action: 'status', status: 408 }],
  ['silence', { action: 'hang' }],
  ['a head and silence', { action: 'hang_body' }],
  ['a byte each 100 ms', { action: 'drip', every_ms: 100 }],
  ['an answer after the limit', { action: 'slow_ms', slow_ms: 4 * timeoutMs }],
  ['a reset', { action: 'reset' }],
  ['half an answer', { action: 'truncate' }],
  ['HTML with 200', { action: 'garbage' }],
  ['a picture with 200', { action: 'wrong_type' }],
  ['50 MB', { action: 'huge', bytes: 50_000_000 }],
  ['a gzip bomb', { action: 'gzip_bomb', bytes: 50_000_000 }],
  ['headers of 100 KB', { action: 'huge_headers' }],
  ['a redirect', { action: 'redirect' }],
  ['events without end', { action: 'endless_sse', every_ms: 20 }],
])('%s ends every call in time, as unavailable', async (_name, fault) => {
  await beHostile(fault);
  const [cloud, agent, memory] = [cloudCalls(clients), agentCalls(clients), memoryCalls(clients)];
  expect(await endsOf({ ...cloud, ...agent, ...memory })).toEqual({
    ...allAre(cloud, 'cloud_unavailable'),
    ...allAre(agent, 'agent_unavailable'),
    ...allAre(memory, 'memory_unavailable'),
  });
});

test.each([
  [400, 'cloud_refused'],
  [422, 'cloud_refused'],
  [401, 'cloud_credential_invalid'],
  [403, 'cloud_credential_invalid'],
])('%i tells that trying again does not help', async (status, code) => {
  await beHostile({ action: 'status', status });
  const calls = cloudCalls(clients);
  expect(await endsOf(calls)).toEqual(allAre(calls, code));
});

test.each(['midstream_error', 'midstream_reset', 'midstream_hang'])('%s ends the answer in time', async (action) => {
  await beHostile({ action });
  expect(await endsOf(agentCalls(clients))).toEqual({ complete: 'agent_unavailable' });
});

test.each([
  ['503', { action: 'status', status: 503 }, 'cloud_unavailable'],
  ['429', { action: 'status', status: 429 }, 'cloud_unavailable'],
  ['an address that expired', { action: 'status', status: 403 }, 'cloud_unavailable'],
  ['a file that is refused', { action: 'status', status: 400 }, 'cloud_refused'],
  ['a reset', { action: 'reset' }, 'cloud_unavailable'],
  ['a redirect', { action: 'redirect' }, 'cloud_unavailable'],
  ['half an answer', { action: 'truncate' }, 'cloud_unavailable'],
  ['50 MB', { action: 'huge', bytes: 50_000_000 }, 'cloud_unavailable'],
])('%s of the storage fails the upload', async (_name, fault, code) => {
  await clients.control('/faults', 'POST', { ...fault, match: { path_prefix: '/storage' } });
  const body = new TextEncoder().encode('# Delivery');
  const upload = () => clients.cloud.uploadFile({ name: 'a.md', body });
  expect(await endsOf({ upload })).toEqual({ upload: code });
});

test('no redirect was followed', async () => {
  expect(JSON.stringify(await clients.control('/journal'))).not.toContain('/followed-a-redirect');
});

// The last one: the whole control plane waits from here on.
test('429 with a time is told, and kept', async () => {
  await beHostile({ action: 'status', status: 429, retry_after: 60 });
  const told: unknown = await clients.gradient.getAgent(known.agent, signal).catch((thrown: unknown) => thrown);
  expect(told).toMatchObject({ code: 'cloud_unavailable', retryAfterMs: 60_000 });
  for (const call of Object.values(cloudCalls(clients))) {
    // The other client of this process learns of it within a quarter of a second.
    await eventually(async () => isHeldBack(await call().catch((thrown: unknown) => thrown)));
  }
});
