import { setTimeout as sleep } from 'node:timers/promises';
import { createApi, type Site } from '../../support/api.ts';
import { eventually } from '../../support/eventually.ts';
import { sendMessage } from '../ask.ts';
import { startKilling } from '../killing.ts';
import type { Random } from '../random.ts';
import type { Run, Scenario } from '../scenario.ts';
import { tallyOf } from '../tally.ts';
import { slopeOf, usageOf, type Usage } from '../usage.ts';
import type { World, WorldSettings } from '../world/world.ts';

/** Hours of work leave nothing behind: no memory, no open files, no message unsent. `n` is the length in minutes. */
export const soak: Scenario = {
  name: 'F13',
  title: 'minutes of mixed work with a kill every 20 s; what processes hold must not grow',
  isInCi: false,
  sizes: { full: 10, quick: 2 },
  limitMs: { full: 2_400_000, quick: 300_000 },
  figures: [
    { name: 'lost', atMost: 0 },
    { name: 'duplicate', atMost: 0 },
    { name: 'unexpected', atMost: 0 },
    { name: 'crashes', atMost: 0 },
    { name: 'refused', atMost: 0 },
    { name: 'uploads_not_indexed', atMost: 0 },
    { name: 'sites_not_ready', atMost: 0 },
    { name: 'outbox_at_rest', atMost: 0 },
    { name: 'dead_letters_at_rest', atMost: 0 },
    { name: 'open_jobs_at_rest', atMost: 0 },
    { name: 'rss_mb_a_minute', atMost: 1, isOfFullRuns: true },
    { name: 'fds_a_minute', atMost: 1, isOfFullRuns: true },
  ],
  run: async (run) => {
    const world = await run.openWorld(settings);
    const sites = await openSites(world);
    // Those that are never killed show what grows; the others that a restart is no leak either.
    const victims = world.services.filter(({ name }) => name.endsWith('-2'));
    const lasting = world.services.filter((each) => !victims.includes(each));
    const killing = startKilling(world, run.random.fork('victims'), { everyMs: 20_000, victims });
    const deadline = performance.now() + run.n * 60_000;
    const [work, growth] = await Promise.all([
      workUntil(deadline, run, world, sites),
      watchUntil(deadline, run, lasting),
    ]);
    await killing.stop();
    return {
      kills: killing.counts(),
      ...(await verdict(world, work)),
      ...growth,
      crashes: world.crashes().length,
    };
  },
};

const settings: WorldSettings = {
  replicas: { gateway: 2, provisioning: 2, knowledge: 2, chat: 2, memory: 2 },
  cloud: { tokenMs: 2 },
  env: { ASK_LEASE_MS: '2000', KNOWLEDGE_LEASE_MS: '10000', LOG_LEVEL: 'warn' },
};

const sitesTotal = 4;

const openSites = async (world: World): Promise<readonly Site[]> => {
  const api = createApi(world.client.url());
  return Promise.all(
    Array.from({ length: sitesTotal }, async (_, index) => {
      const site = await api.register(`f13-${index + 1}.example`);
      await site.untilState('ready', 60_000);
      await site.teach('hours.md', '# Hours\n\nThe reading room opens at half past eight and closes at nine.');
      return site;
    }),
  );
};

interface Work {
  readonly sent: string[];
  readonly acknowledged: Set<string>;
  /** Names of documents, and of sites, that we were told are accepted. */
  readonly uploaded: string[];
  readonly registered: string[];
  refused: number;
}

const visitors = 4;
const patienceMs = 60_000;

/** Visitors who talk, an owner who uploads, and somebody who registers: at a pace that leaves the machine air. */
const workUntil = async (deadline: number, { random }: Run, world: World, sites: readonly Site[]): Promise<Work> => {
  const work: Work = { sent: [], acknowledged: new Set(), uploaded: [], registered: [], refused: 0 };
  const isOver = (): boolean => performance.now() >= deadline;
  await Promise.all([
    ...Array.from({ length: visitors }, (_, index) =>
      talk(world, sites, { work, isOver, name: `visitor-${index + 1}`, random: random.fork(`visitor ${index}`) }),
    ),
    upload(world, sites, { work, isOver, name: 'owner', random: random.fork('owner') }),
    register(world, { work, isOver, name: 'operator', random: random.fork('operator') }),
  ]);
  return work;
};

interface Role {
  readonly work: Work;
  readonly isOver: () => boolean;
  readonly name: string;
  readonly random: Random;
}

const talk = async (world: World, sites: readonly Site[], { work, isOver, name, random }: Role): Promise<void> => {
  for (let round = 1; !isOver(); round += 1) {
    const site = random.pick(sites);
    const { reply } = await world.client.ask('/session', {
      body: { user_id: name },
      headers: { 'x-domain-id': site.domainId, origin: `https://${site.name}` },
      patienceMs,
    });
    const sessionId = sessionOf(reply?.body);
    if (sessionId === undefined) {
      work.refused += 1;
      continue;
    }
    for (let turn = 1; turn <= 5 && !isOver(); turn += 1) {
      const id = `${name}-${round}-${turn}`;
      work.sent.push(id);
      const message = { id, sessionId, site, question: 'When does the reading room open?' };
      const until = performance.now() + patienceMs;
      for (;;) {
        const attempt = await sendMessage(world.client.url(), message, random.chance(0.5) ? 'stream' : 'whole');
        if (attempt.end === 'answered') work.acknowledged.add(id);
        if (attempt.end === 'answered' || performance.now() > until) break;
        await sleep(250);
      }
      if (!work.acknowledged.has(id)) work.refused += 1;
      await sleep(random.between(50, 200));
    }
  }
};

const sessionOf = (body: unknown): string | undefined =>
  typeof body === 'object' && body !== null && 'session_id' in body && typeof body.session_id === 'string'
    ? body.session_id
    : undefined;

const upload = async (world: World, sites: readonly Site[], { work, isOver, name, random }: Role): Promise<void> => {
  for (let round = 1; !isOver(); round += 1) {
    const site = random.pick(sites);
    const document = `${name}-${round}`;
    const { reply } = await world.client.ask('/knowledge/upload/text', {
      headers: { authorization: `Bearer ${site.apiKey}` },
      body: { document_name: document, text_content: `Note ${round}: the desk has number ${round}.` },
      idempotencyKey: document,
      patienceMs,
    });
    if (reply?.status === 200) work.uploaded.push(document);
    else work.refused += 1;
    await sleep(random.between(5_000, 10_000));
  }
};

const register = async (world: World, { work, isOver, name, random }: Role): Promise<void> => {
  for (let round = 1; !isOver(); round += 1) {
    const site = `${name}-${round}.example`;
    const { reply } = await world.client.asAdmin('/register-domain', {
      body: { domain_name: site },
      idempotencyKey: site,
      patienceMs,
    });
    if (reply?.status === 200) work.registered.push(site);
    else work.refused += 1;
    await sleep(random.between(5_000, 10_000));
  }
};

const sampleMs = 2_000;
/** Caches fill and code is compiled at first: growth is judged behind this share of the run. */
const warmUpShare = 0.3;

type Lasting = readonly { readonly name: string; readonly pid: () => number | undefined }[];

/** Looks at the processes that are never killed, and tells the steepest growth among them. */
const watchUntil = async (deadline: number, { n, say }: Run, lasting: Lasting) => {
  const startedAt = performance.now();
  const samples = new Map<string, (Usage & { readonly minute: number })[]>();
  while (performance.now() < deadline) {
    const minute = (performance.now() - startedAt) / 60_000;
    for (const { name, pid } of lasting) {
      const usage = await usageOf(pid() ?? 0);
      if (usage !== undefined) samples.set(name, [...(samples.get(name) ?? []), { ...usage, minute }]);
    }
    await sleep(sampleMs);
  }
  const growth = [...samples].map(([name, all]) => {
    const late = all.filter(({ minute }) => minute >= n * warmUpShare);
    const rss = slopeOf(late.map(({ minute, rssMb }) => ({ x: minute, y: rssMb })));
    const fds = slopeOf(late.map(({ minute, fds: open }) => ({ x: minute, y: open })));
    say(`${name}: ${rss.toFixed(2)} MB/min, ${fds.toFixed(2)} fds/min, now ${late.at(-1)?.rssMb.toFixed(0) ?? '?'} MB`);
    return { rss, fds, rssMb: Math.max(...all.map(({ rssMb }) => rssMb)) };
  });
  const most = (values: readonly number[]): number => Math.round(Math.max(...values) * 100) / 100;
  return {
    rss_mb_a_minute: most(growth.map(({ rss }) => rss)),
    fds_a_minute: most(growth.map(({ fds }) => fds)),
    rss_mb_max: most(growth.map(({ rssMb }) => rssMb)),
  };
};

const restMsMax = 120_000;

/** What is left once the work has ended: nothing may be on its way. */
const verdict = async (world: World, { sent, acknowledged, uploaded, registered, refused }: Work) => {
  const count = async (query: string): Promise<number> =>
    (await world.sql<{ total: number }>(`select count(*)::int as total from ${query}`))[0]?.total ?? Number.NaN;
  const missing = async (names: readonly string[], query: string): Promise<number> => {
    const there = new Set((await world.sql<{ name: string }>(query)).map(({ name }) => name));
    return names.filter((name) => !there.has(name)).length;
  };
  const notIndexed = (): Promise<number> => missing(uploaded, `select name from documents where state = 'indexed'`);
  const notReady = (): Promise<number> =>
    missing(
      registered,
      `select domain_name as name from registered_domains join provisioning_sagas on domain_id = id where state = 'ready'`,
    );
  const outbox = (): Promise<number> => count('outbox where sent_at is null');
  const jobs = (): Promise<number> => count(`jobs where phase not in ('done', 'failed', 'cancelled')`);
  const open = async (): Promise<number> =>
    (await outbox()) + (await jobs()) + (await notIndexed()) + (await notReady());
  await eventually(async () => (await open()) === 0, restMsMax).catch(() => undefined);
  const rows = await world.sql<{ id: string; answers: number }>(
    `select asked.client_message_id as id, count(said.id)::int as answers
     from conversation_history asked left join conversation_history said on said.reply_to = asked.id
     where asked.role = 'user' group by asked.client_message_id`,
  );
  return {
    ...tallyOf({ sent, acknowledged, done: new Map(rows.map(({ id, answers }) => [id, answers])) }),
    messages: sent.length,
    uploads: uploaded.length,
    uploads_not_indexed: await notIndexed(),
    sites: registered.length,
    sites_not_ready: await notReady(),
    refused,
    outbox_at_rest: await outbox(),
    open_jobs_at_rest: await jobs(),
    dead_letters_at_rest: await count('dead_letters'),
  };
};
