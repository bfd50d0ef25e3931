import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Site } from '../support/api.ts';
import { eventually } from '../support/eventually.ts';
import { startProcesses, type DistributedSystem } from '../support/processes.ts';

let system: DistributedSystem;
let site: Site;

beforeAll(async () => {
  system = await startProcesses({
    replicas: { chat: 2 },
    // Answers take long enough to be cut in their middle.
    clouds: { tokenMs: 15 },
    env: { ASK_LEASE_MS: '2000', LOG_LEVEL: 'warn' },
  });
  site = await system.api.register('oak.example');
  await site.untilState('ready');
  await site.teach(
    'hours.md',
    '# Hours\n\nThe reading room opens at half past eight and closes at nine in the evening.',
  );
});
afterAll(async () => {
  expect(await system.clouds.gradient.violations()).toEqual([]);
  await system.stop();
});

const question = 'When does the reading room open?';
const asksTotal = 30;
const atOnce = 6;

test('with one of two chat processes killed under load, every question ends with one stored answer', async () => {
  const victim = system.processes.find(({ service }) => service === 'chat')!;
  const sessions = await Promise.all(Array.from({ length: asksTotal }, () => site.openSession()));
  let answered = 0;
  let refused = 0;
  const waiting = sessions.map(({ session_id }) => session_id);
  const askAll = async (): Promise<void> => {
    for (let id = waiting.shift(); id !== undefined; id = waiting.shift()) {
      const session_id = id;
      const answer = await eventually(async () => {
        const reply = await site.sendQuestion(question, { session_id, client_message_id: 'the-one' }).catch(() => null);
        if (reply?.status === 200) return (reply.body as { answer: string }).answer;
        refused += 1;
        // What is told to a client is always that it may try again.
        if (reply !== null) expect([409, 503, 504]).toContain(reply.status);
        return undefined;
      }, 60_000);
      expect(answer).toContain('half past eight');
      answered += 1;
    }
  };
  const killing = eventually(() => answered >= 5, 60_000).then(() => victim.kill('SIGKILL'));
  await Promise.all([killing, ...Array.from({ length: atOnce }, askAll)]);

  expect(answered).toBe(asksTotal);
  expect(refused).toBeGreaterThanOrEqual(0);
  for (const { session_id } of sessions) {
    expect((await site.conversation(session_id)).messages.map(({ role }) => role)).toEqual(['user', 'assistant']);
  }
  const rows = await system.sql<{ role: string; count: number }>(
    'select role, count(*)::int from conversation_history where domain_id = $1 group by role order by role',
    [site.domainId],
  );
  expect(rows).toEqual([
    { role: 'assistant', count: asksTotal },
    { role: 'user', count: asksTotal },
  ]);
});

describe.each([
  ['and comes back with its streams', false],
  ['and comes back empty', true],
])('when NATS is killed %s', (how, wipe) => {
  test('what was accepted is finished and questions are answered again', async () => {
    await system.clouds.gradient.set({ index_ms: 1_500, deploy_ms: 1_500 });
    const words = wipe ? 'crimson' : 'violet';
    const upload = await site.upload({
      filename: `${words}.txt`,
      content: `The ${words} lamp marks the night entrance.`,
    });
    const late = await system.api.register(`${words}.example`);
    await system.nats.restart({ signal: 'SIGKILL', wipe });
    await system.clouds.gradient.set({ index_ms: 50, deploy_ms: 150 });

    await eventually(async () => (await late.asOwner(`/domains/${late.domainId}`)).status === 200, 30_000);
    await late.untilState('ready', 60_000);
    await site.jobDone(upload.job_id, 60_000);
    const answer = await eventually(async () => {
      const reply = await site.sendQuestion(`What does the ${words} lamp mark?`, {
        session_id: (await site.openSession()).session_id,
      });
      return reply.status === 200 && (reply.body as { answer: string }).answer;
    }, 30_000);
    expect(answer, how).toContain('night entrance');
  });
});

test('while the agent is away, the documents answer', async () => {
  await system.clouds.gradient.fault({ match: { path_prefix: '/agent/' }, times: 100, action: 'reset' });
  const answer = await site.ask(question);
  expect(answer).toMatchObject({ grounded: true, sources: ['hours.md'], degraded: ['search_only'] });
  expect(answer.answer).toContain('half past eight');
  await system.clouds.gradient.clearFaults();
});

test('while a service is away its callers are told to come again, and the rest goes on', async () => {
  const memory = system.processes.find(({ service }) => service === 'memory')!;
  await memory.kill('SIGKILL');
  const { session_id } = await site.openSession('ada');
  const answer = await site.ask(question, { session_id, user_id: 'ada' });
  expect(answer).toMatchObject({ grounded: true, degraded: ['memory'] });
  const reply = await site.asOwner('/memory/users/ada');
  expect(reply.status).toBe(503);
  expect(Number(reply.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(await system.api.send('/health')).toMatchObject({ status: 200, body: { status: 'degraded' } });
});
