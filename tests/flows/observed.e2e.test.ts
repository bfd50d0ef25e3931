import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createSecretBox } from '../../shared/crypto/secret-box.ts';
import { adminKey, type Site } from '../support/api.ts';
import { eventually } from '../support/eventually.ts';
import { startOtlpReceiver, type OtlpReceiver, type SeenSpan } from '../support/otlp-receiver.ts';
import { startProcesses, type DistributedSystem } from '../support/processes.ts';
import { quick } from '../support/system.ts';

// What an operator sees of the running system: one trace through all of it, and logs without a secret.
const planted = {
  question: 'zanzibarquestionword',
  document: 'wallabydocumentword',
  memory: 'quokkamemoryword',
  memoriKey: 'memori-key-planted-in-a-test',
  cloudToken: 'dop_v1_planted_in_a_test',
};

let receiver: OtlpReceiver;
let system: DistributedSystem;
let site: Site;

beforeAll(async () => {
  receiver = await startOtlpReceiver();
  system = await startProcesses({
    clouds: { expectedToken: planted.cloudToken },
    env: {
      LOG_LEVEL: 'trace',
      DIGITALOCEAN_TOKEN: planted.cloudToken,
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
      OTEL_BSP_SCHEDULE_DELAY: '100',
    },
  });
  site = await system.api.register('oak.example', { memori_api_key: planted.memoriKey });
  await site.untilState('ready');
  await site.teach('code.md', `# Code\n\nThe gate code is ${planted.document}.`);
});
afterAll(async () => {
  await Promise.all([system.stop(), receiver.stop()]);
});

test('one question is one trace, from the HTTP request over NATS through chat, memory and Postgres to the agent', async () => {
  const { session_id } = await site.openSession('ada');
  const traceId = 'c0ffee00c0ffee00c0ffee00c0ffee00';
  const reply = await site.sendQuestion(
    'What is the gate code?',
    { session_id, user_id: 'ada' },
    { headers: { traceparent: `00-${traceId}-00f067aa0ba902b7-01` } },
  );
  expect(reply.status).toBe(200);
  expect(reply.headers.get('traceparent')).toContain(traceId);

  const inTrace = (): readonly SeenSpan[] => receiver.spans().filter((span) => span.traceId === traceId);
  const wanted: readonly (readonly [string, (span: SeenSpan) => boolean])[] = [
    ['the request', ({ service, name }) => service === 'parley-gateway' && /POST \/ask/.test(name)],
    ['chat at work', ({ service, name }) => service === 'parley-chat' && name.includes('rpc.chat.ask')],
    ['memory at work', ({ service, name }) => service === 'parley-memory' && name.includes('rpc.memory.recall')],
    // One statement goes to the driver at once, those of a transaction through Prisma.
    ['Postgres for chat', ({ service, name }) => service === 'parley-chat' && name === 'sql'],
    ['Postgres for memory', ({ service, scope }) => service === 'parley-memory' && /prisma/i.test(scope)],
    ['the call to the agent', ({ service, name }) => service === 'parley-chat' && /^POST /.test(name)],
    ['the event afterwards', ({ service, name }) => service === 'parley-memory' && /question-answered/.test(name)],
  ];
  const missing = (): readonly string[] => wanted.filter(([, isIt]) => !inTrace().some(isIt)).map(([what]) => what);
  await eventually(() => missing().length === 0, 15_000).catch(() => undefined);
  expect(
    missing(),
    inTrace()
      .map(({ service, name }) => `${service} ${name}`)
      .join('\n'),
  ).toEqual([]);

  // All hangs together: each span's parent is in the trace, up to the caller's own.
  const known = new Set(['00f067aa0ba902b7', ...inTrace().map(({ spanId }) => spanId)]);
  await eventually(
    () => inTrace().every(({ parentId }) => known.has(parentId) || inTrace().some(({ spanId }) => spanId === parentId)),
    5_000,
  );
});

describe('the logs of a whole run', () => {
  beforeAll(async () => {
    const { session_id } = await site.openSession('ada');
    const about = { session_id, user_id: 'ada' };
    await site.ask(`My secret word is ${planted.memory}.`, about);
    await site.ask(`What is the ${planted.question}?`, about);
    // The unhappy paths write most.
    await system.clouds.gradient.fault({ match: { path_prefix: '/agent/' }, action: 'status', status: 500 });
    await site.sendQuestion(`Why the ${planted.question}?`, about);
    await system.clouds.gradient.fault({ match: { path_prefix: '/agent/' }, action: 'garbage' });
    await site.sendQuestion(`Who is ${planted.question}?`, about);
    // Frameworks like to send back what they did not understand.
    const echo = { detail: [{ msg: 'not understood', input: `${planted.question} ${planted.memory}` }] };
    const refusal = { action: 'status', status: 422, body: echo };
    await system.clouds.gradient.fault({ match: { path_prefix: '/agent/' }, ...refusal });
    await site.sendQuestion(`Where is ${planted.question}?`, about);
    await system.clouds.memori.fault({ ...refusal, times: 3 });
    await site.sendQuestion(`How is ${planted.question}?`, about);
    await system.clouds.memori.fault({ action: 'status', status: 500, times: 5 });
    await site.sendQuestion(`And ${planted.question}?`, about);
    await system.clouds.gradient.fault({ action: 'status', status: 500, times: 4 });
    const upload = await site.upload({ filename: 'more.txt', content: `More ${planted.document}.` });
    await site.jobDone(upload.job_id);
    await site.sendFile({ filename: 'broken.json', content: `{"${planted.document}": ` });
    await system.api.send('/sessions', { headers: { authorization: 'Bearer wrong-key-of-somebody' } });
    await system.api.asAdmin('/register-domain', { body: { domain_name: 'oak.example' } });
    await site.asOwner(`/domains/${site.domainId}/api-key`, { method: 'POST' });
  });

  test('say what happened', async () => {
    await eventually(() => system.logs().length > 2_000);
    for (const service of ['gateway', 'chat', 'knowledge', 'memory', 'provisioning']) {
      expect(system.logs()).toMatch(new RegExp(`^${service} `, 'm'));
    }
  });

  test.each([
    ['the admin key', () => adminKey],
    ['a domain key', () => site.apiKey],
    ['the Memori key', () => planted.memoriKey],
    ['the cloud token', () => planted.cloudToken],
    ['the secrets key', () => quick.SECRETS_KEY],
    ['a wrong key', () => 'wrong-key-of-somebody'],
    ['words of a question', () => planted.question],
    ['words of a document', () => planted.document],
    ['words that are remembered', () => planted.memory],
  ])('hold %s nowhere', (_what, secret) => {
    expect(linesWith(secret())).toEqual([]);
  });

  test('hold the access key of no agent, open or sealed', async () => {
    const box = createSecretBox(quick.SECRETS_KEY);
    const [row] = await system.sql<{ agent_access_key: string }>('select agent_access_key from agents');
    const sealed = row?.agent_access_key ?? '';
    const key = box.open(sealed, `agents:agent_access_key:${site.domainId}`);
    expect(key.length).toBeGreaterThan(10);
    for (const secret of [sealed, key]) {
      expect(linesWith(secret)).toEqual([]);
      expect(JSON.stringify(receiver.spans())).not.toContain(secret);
    }
    expect(system.logs()).not.toMatch(/Bearer (?!\[redacted\])\S{8}/);
  });

  test('nor do the spans', () => {
    const seen = JSON.stringify(receiver.spans());
    for (const secret of [adminKey, site.apiKey, ...Object.values(planted)]) expect(seen).not.toContain(secret);
  });
});

const linesWith = (secret: string): readonly string[] =>
  system
    .logs()
    .split('\n')
    .filter((line) => line.includes(secret))
    .slice(0, 3);
