import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createApi, type Site } from '../../support/api.ts';
import type { Answered, Client } from '../world/client.ts';
import type { Run, Scenario } from '../scenario.ts';
import { tallyOf } from '../tally.ts';
import type { World } from '../world/world.ts';

/** Every process is replaced while people work, as a deployment does it, and nobody who retries cleanly notices. */
export const rollingRestart: Scenario = {
  name: 'F10',
  title: 'SIGTERM to every process, one after the other, under load',
  isInCi: false,
  sizes: { full: 2_000, quick: 300 },
  limitMs: { full: 400_000, quick: 200_000 },
  figures: [
    { name: 'lost', atMost: 0 },
    { name: 'duplicate', atMost: 0 },
    { name: 'unexpected', atMost: 0 },
    { name: 'failed', atMost: 0 },
    { name: 'bad_exits', atMost: 0 },
    { name: 'exit_max_ms', atMost: 15_000 },
    { name: 'crashes', atMost: 0 },
    // What one worker of each restarted process may hold: `concurrency` of `Bus.consume`.
    { name: 'redeliveries', atMost: 20 * 8 },
  ],
  run: async (run) => {
    const world = await run.openWorld({ replicas: { gateway: 2, provisioning: 2, chat: 2 } });
    const site = await createApi(world.client.url()).register('f10.example');
    await site.untilState('ready');
    const sessions = await Promise.all(Array.from({ length: lanes }, () => site.openSession()));
    const restarting = { isOver: false };
    const working = work({ ...run, ...world, site, sessions, restarting });
    const exits = await restartAll(run, world);
    restarting.isOver = true;
    const { retries, ...operations } = await working;
    return {
      kills: { services: exits.length },
      ...tallyOf({ ...operations, done: await stored(world) }),
      failed: operations.sent.length - operations.acknowledged.size,
      retries,
      bad_exits: exits.filter(({ reason }) => reason !== 'code 0').length,
      exit_max_ms: Math.round(Math.max(...exits.map(({ ms }) => ms))),
      redeliveries: await countRedeliveries(world),
      crashes: world.crashes().length,
    };
  },
};

const patienceMs = 60_000;
const lanes = 12;

interface Working extends Pick<Run, 'n'>, Pick<World, 'client'> {
  readonly site: Site;
  /** One of each lane, which has one question under way at a time. */
  readonly sessions: readonly { readonly session_id: string }[];
  readonly restarting: { readonly isOver: boolean };
}

/** Questions, registrations and uploads: `n` of them, and more until every process was replaced. */
const work = async ({ n, client, site, sessions, restarting }: Working) => {
  const sent: string[] = [];
  const acknowledged = new Set<string>();
  let retries = 0;
  const lane = async ({ session_id }: { readonly session_id: string }): Promise<void> => {
    while (sent.length < n || !restarting.isOver) {
      const index = sent.length;
      const name = `f10-${index + 1}`;
      sent.push(name);
      const kind = index % 5 === 0 ? register : index % 5 === 1 ? upload : ask;
      const { reply, attempts } = await kind(client, site, { name, session_id });
      retries += attempts - 1;
      if (reply === undefined) continue;
      if (reply.status !== 200) throw new Error(`${name} was refused: ${reply.status} ${reply.text}`);
      acknowledged.add(name);
    }
  };
  await Promise.all(sessions.map(lane));
  return { sent, acknowledged, retries };
};

interface Operation {
  readonly name: string;
  readonly session_id: string;
}
type Kind = (client: Client, site: Site, operation: Operation) => Promise<Answered>;

const register: Kind = (client, _site, { name }) =>
  client.asAdmin('/register-domain', {
    body: { domain_name: `${name}.example` },
    idempotencyKey: name,
    patienceMs,
  });

const upload: Kind = (client, { apiKey }, { name }) =>
  client.ask('/knowledge/upload/text', {
    headers: { authorization: `Bearer ${apiKey}` },
    body: { document_name: name, text_content: `The word of the day is ${name}.` },
    idempotencyKey: name,
    patienceMs,
  });

const ask: Kind = (client, { domainId, name: host }, { name, session_id }) =>
  client.ask('/ask', {
    headers: { 'x-domain-id': domainId, origin: `https://${host}` },
    body: { question: `What is ${name}?`, session_id, client_message_id: name },
    patienceMs,
  });

/** What the database holds after all: an operation's name and how often it is there. */
const stored = async ({ sql }: World): Promise<ReadonlyMap<string, number>> => {
  const rows = await sql<{ name: string; times: number }>(
    `select replace(domain_name, '.example', '') as name, count(*)::int as times from registered_domains
     where domain_name <> 'f10.example' group by 1
     union all
     select client_message_id, count(*)::int from conversation_history
     where role = 'user' and status = 'answered' group by 1
     union all
     select filename, count(*)::int from documents where filename like 'f10-%' group by 1`,
  );
  return new Map(rows.map(({ name, times }) => [name, times]));
};

interface Exit {
  readonly reason: string | undefined;
  readonly ms: number;
}

/** One process after the other; the next when its successor serves. */
const restartAll = async ({ say }: Run, { services }: World): Promise<readonly Exit[]> => {
  const exits: Exit[] = [];
  for (const service of services) {
    const startedAt = performance.now();
    const reason = await service.down('SIGTERM');
    const ms = performance.now() - startedAt;
    exits.push({ reason, ms });
    say(`${service.name} ended with ${reason ?? 'nothing'} after ${Math.round(ms)} ms`);
    service.up();
    await service.untilReady();
    await sleep(500);
  }
  return exits;
};

/** Durable messages that came to a handler more than once, by the log of those who handled them. */
const countRedeliveries = async ({ folder }: World): Promise<number> => {
  const logs = join(folder, 'logs');
  const texts = await Promise.all((await readdir(logs)).map((name) => readFile(join(logs, name), 'utf8')));
  return texts
    .flatMap((text) => text.split('\n'))
    .filter((line) => line.includes('"message handled"') && /"attempt":([2-9]|\d\d)/.test(line)).length;
};
