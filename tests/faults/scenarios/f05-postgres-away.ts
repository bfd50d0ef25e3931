import { setTimeout as sleep } from 'node:timers/promises';
import { createApi, type Site } from '../../support/api.ts';
import { send } from '../../support/http.ts';
import { percentile } from '../percentile.ts';
import type { Run, Scenario } from '../scenario.ts';
import { tallyOf } from '../tally.ts';
import type { World } from '../world/world.ts';

/** Without its database the system refuses at once and in words, stays up, and goes on when it is back. */
export const postgresAway: Scenario = {
  name: 'F5',
  title: 'PostgreSQL is killed and stays away for 30 s',
  isInCi: false,
  sizes: { full: 400, quick: 100 },
  limitMs: { full: 180_000, quick: 120_000 },
  figures: [
    { name: 'lost', atMost: 0 },
    { name: 'duplicate', atMost: 0 },
    { name: 'unexpected', atMost: 0 },
    { name: 'other_answers', atMost: 0 },
    { name: 'refused', atLeast: 50 },
    { name: 'refused_max_ms', atMost: 1_000, isOfFullRuns: true },
    { name: 'crashes', atMost: 0 },
    { name: 'ready_ms', atMost: 5_000, isOfFullRuns: true },
  ],
  run: async (run) => {
    const world = await run.openWorld();
    const site = await createApi(world.client.url()).register('f5.example');
    await site.untilState('ready');
    const writing = write(run, world, site);
    await sleep(2_000);
    await world.postgres.down();
    run.say('PostgreSQL is away');
    const refusals = await askInVain(site, world, run.isQuick ? 6_000 : 30_000);
    world.postgres.up();
    await world.postgres.untilReady();
    const readyMs = await untilAllServe(world);
    run.say(`every process is ready ${readyMs} ms after PostgreSQL`);
    const operations = await writing;
    return {
      kills: { postgres: 1 },
      ...tallyOf({ ...operations, done: await stored(world) }),
      ...refusals,
      crashes: world.crashes().length,
      ready_ms: readyMs,
    };
  },
};

const patienceMs = 90_000;

/** Registrations and questions, evenly over the time in which the database goes away and comes back. */
const write = async ({ n, isQuick }: Run, { client }: World, site: Site) => {
  const sent = Array.from({ length: n }, (_, index) => `f5-${index + 1}`);
  const acknowledged = new Set<string>();
  const visitor = { 'x-domain-id': site.domainId, origin: `https://${site.name}` };
  const { session_id } = await site.openSession('f5');
  const register = (name: string) =>
    client.asAdmin('/register-domain', {
      body: { domain_name: `${name}.example` },
      idempotencyKey: name,
      patienceMs,
    });
  const ask = (name: string) =>
    client.ask('/ask', {
      headers: visitor,
      body: { question: `What is ${name}?`, session_id, client_message_id: name },
      patienceMs,
    });
  const pauseMs = (isQuick ? 10_000 : 35_000) / n;
  await Promise.all(
    sent.map(async (name, index) => {
      await sleep(index * pauseMs);
      const { reply } = await (index % 4 === 0 ? ask(name) : register(name));
      if (reply === undefined) return;
      if (reply.status !== 200) throw new Error(`${name} was refused: ${reply.status} ${reply.text}`);
      acknowledged.add(name);
    }),
  );
  return { sent, acknowledged };
};

/** What the database holds after all: an operation's name and how often it is there. */
const stored = async ({ sql }: World): Promise<ReadonlyMap<string, number>> => {
  const rows = await sql<{ name: string; times: number }>(
    `select replace(domain_name, '.example', '') as name, count(*)::int as times from registered_domains
     where domain_name <> 'f5.example' group by 1
     union all
     select client_message_id, count(*)::int from conversation_history
     where role = 'user' and status = 'answered' group by 1`,
  );
  return new Map(rows.map(({ name, times }) => [name, times]));
};

/** Every kind of request, one after the other, by a client that tries once: each must be refused at once with words. */
const askInVain = async (site: Site, world: World, ms: number) => {
  const until = performance.now() + ms;
  const url = world.client.url();
  const owner = { authorization: `Bearer ${site.apiKey}` };
  const session_id = '0191d5a0-0000-7000-8000-0000000000a1';
  const api = createApi(url);
  const kinds = [
    () => site.sendQuestion('Hello?', { session_id }),
    () => site.asVisitor('/session', { body: {} }),
    () => site.asVisitor(`/conversations/${session_id}`),
    () => site.asOwner('/knowledge/documents'),
    () => site.asOwner('/knowledge/upload/text', { body: { document_name: 'a', text_content: 'A text.' } }),
    () => send(`${url}/domains/${site.domainId}`, { method: 'PATCH', headers: owner, body: { settings: {} } }),
    () => send(`${url}/memory/users/f5`, { headers: owner }),
    () => api.asAdmin('/register-domain', { body: { domain_name: 'in-vain.example' } }),
  ];
  const took: number[] = [];
  const others: string[] = [];
  for (let turn = 0; performance.now() < until; turn += 1) {
    const startedAt = performance.now();
    const reply = await kinds[turn % kinds.length]?.();
    if (reply === undefined) break;
    took.push(performance.now() - startedAt);
    const isRefusal = reply.status === 503 && Number(reply.headers.get('retry-after')) > 0;
    if (!isRefusal) others.push(`${turn % kinds.length}: ${reply.status} ${reply.text.slice(0, 200)}`);
    await sleep(50);
  }
  return {
    refused: took.length - others.length,
    other_answers: others.length,
    other: [...new Set(others)].slice(0, 5).join(' | '),
    refused_p99_ms: Math.round(percentile(took, 0.99)),
    refused_max_ms: Math.round(Math.max(...took)),
  };
};

const untilAllServe = async ({ services }: World): Promise<number> => {
  const startedAt = performance.now();
  await Promise.all(services.map((service) => service.untilReady()));
  return Math.round(performance.now() - startedAt);
};
