import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { openSessionAnswer } from '../../../shared/contracts/http/sessions.ts';
import { createApi, type SiteIdentity } from '../../support/api.ts';
import { eventually } from '../../support/eventually.ts';
import { sendMessage, type Attempt, type Message } from '../ask.ts';
import { forEachAtOnce } from '../at-once.ts';
import { startKilling } from '../killing.ts';
import { sumOf } from '../made-for.ts';
import type { Run, Scenario } from '../scenario.ts';
import { tallyOf } from '../tally.ts';
import type { World, WorldSettings } from '../world/world.ts';

/** An answer that a visitor has seen the end of is kept, and one message is answered once, however often it is sent. */
export const chat: Scenario = {
  name: 'F3',
  title: 'chat messages while services, NATS and PostgreSQL are killed; clients retry with the same id',
  isInCi: true,
  sizes: { full: 5_000, quick: 300 },
  limitMs: { full: 900_000, quick: 180_000 },
  figures: [
    { name: 'lost', atMost: 0 },
    { name: 'duplicate', atMost: 0 },
    { name: 'unexpected', atMost: 0 },
    { name: 'crashes', atMost: 0 },
    { name: 'unanswered', atMost: 0 },
    { name: 'other_answer_stored', atMost: 0 },
    { name: 'streams_without_end', atMost: 0 },
    { name: 'hung', atMost: 0 },
    { name: 'not_remembered', atMost: 0 },
    { name: 'upstream_calls_a_turn', atMost: 1.05, isOfFullRuns: true },
  ],
  run: async (run) => {
    const world = await run.openWorld(settings);
    const sites = await openSites(world);
    const before = await completions(world);
    const killing = startKilling(world, run.random.fork('victims'), { everyMs: 2_000, natsEach: 6, postgresEach: 9 });
    const said = await converse(run, world, sites);
    await killing.stop();
    for (const crash of world.crashes()) run.say(`not asked for: ${crash}`);
    await Promise.all([world.nats, world.postgres, ...world.services].map((each) => each.untilReady()));
    const calls = (await completions(world)) - before;
    return {
      kills: killing.counts(),
      ...(await verdict(world, said)),
      upstream_calls_a_turn: Math.round((calls / run.n) * 1_000) / 1_000,
      crashes: world.crashes().length,
    };
  },
};

const settings: WorldSettings = {
  replicas: { gateway: 2, chat: 2 },
  // Long enough for a kill to meet answers half-way.
  cloud: { tokenMs: 3 },
  env: { ASK_LEASE_MS: '2000', ASK_CONCURRENCY_MAX: '64' },
};

const sitesTotal = 4;

const openSites = async (world: World): Promise<readonly SiteIdentity[]> => {
  const api = createApi(world.client.url());
  const names = Array.from({ length: sitesTotal }, (_, index) => `f3-${index + 1}.example`);
  return Promise.all(
    names.map(async (name) => {
      const site = await api.register(name);
      await site.untilState('ready', 60_000);
      await site.teach('hours.md', '# Hours\n\nThe reading room opens at half past eight and closes at nine.');
      return { domainId: site.domainId, apiKey: site.apiKey, name };
    }),
  );
};

const completions = async (world: World): Promise<number> =>
  sumOf((await world.emulators.gradient.effects())['completions']).made;

const lanes = 12;
const messagesPerSession = 10;
const patienceMs = 120_000;

interface Said {
  readonly sent: readonly string[];
  /** The id of the answer whose end the visitor has seen, by message. */
  readonly seen: ReadonlyMap<string, string>;
  readonly ends: Readonly<Record<Attempt['end'], number>>;
}

const converse = async ({ n, random, say }: Run, world: World, sites: readonly SiteIdentity[]): Promise<Said> => {
  const chance = random.fork('visitors');
  const sent = Array.from({ length: n }, (_, index) => `f3-message-${index + 1}`);
  const seen = new Map<string, string>();
  const ends = { answered: 0, told: 0, cut: 0, silent: 0, hung: 0 };
  const conversations = Array.from({ length: Math.ceil(n / messagesPerSession) }, (_, index) =>
    sent.slice(index * messagesPerSession, (index + 1) * messagesPerSession),
  );
  await forEachAtOnce(conversations, lanes, async (ids) => {
    const site = chance.pick(sites);
    const sessionId = await openSession(world, site, `visitor of ${ids[0] ?? ''}`);
    for (const id of ids) {
      const message = { id, sessionId, site, question: 'When does the reading room open?' };
      const answerId = await askUntilAnswered(world, message, {
        isStream: () => chance.chance(0.5),
        onEnd: ({ end }) => (ends[end] += 1),
      });
      if (answerId !== undefined) seen.set(id, answerId);
      if (seen.size % 500 === 0) say(`${seen.size} of ${n} answered`);
    }
  });
  return { sent, seen, ends };
};

/** With a name, because nothing of an anonymous visitor is remembered. */
const openSession = async ({ client }: World, { domainId, name }: SiteIdentity, userId: string): Promise<string> => {
  const { reply } = await client.ask('/session', {
    body: { user_id: userId },
    headers: { 'x-domain-id': domainId, origin: `https://${name}` },
    patienceMs,
  });
  if (reply?.status !== 200) throw new Error(`no session: ${reply?.text ?? 'no answer'}`);
  return openSessionAnswer.parse(reply.body).session_id;
};

/** What a widget does: it sends the message again, with the same id, until it has seen the end of an answer. */
const askUntilAnswered = async (
  { client }: World,
  message: Message,
  { isStream, onEnd }: { readonly isStream: () => boolean; readonly onEnd: (attempt: Attempt) => void },
): Promise<string | undefined> => {
  const deadline = performance.now() + patienceMs;
  for (let pauseMs = 100; performance.now() < deadline; pauseMs = Math.min(2_000, pauseMs * 2)) {
    const attempt = await sendMessage(client.url(), message, isStream() ? 'stream' : 'whole');
    onEnd(attempt);
    if (attempt.end === 'answered') return attempt.answer.message_id;
    if (attempt.end === 'told' && !passing.includes(attempt.code)) {
      throw new Error(`${message.id} was refused for good: ${attempt.code}`);
    }
    await sleep(Math.max(pauseMs, attempt.end === 'told' ? Math.min(attempt.retryAfterMs, 2_000) : 0));
  }
  return undefined;
};

/** What a client is told that may try again. */
const passing = [
  'agent_unavailable',
  'deadline_exceeded',
  'interrupted',
  'overloaded',
  'rate_limited',
  'service_unavailable',
  'turn_in_progress',
];

const turnRow = z.object({ id: z.string(), answers: z.number(), answer_id: z.string().nullable() });

const verdict = async (world: World, { sent, seen, ends }: Said) => {
  const rows = await world.sql(
    `select asked.client_message_id as id, count(said.id)::int as answers, min(said.id::text) as answer_id
     from conversation_history asked left join conversation_history said on said.reply_to = asked.id
     where asked.role = 'user' group by asked.client_message_id`,
  );
  const turns = z.array(turnRow).parse(rows);
  const done = new Map(turns.map(({ id, answers }) => [id, answers]));
  const answered = turns.filter(({ answers }) => answers > 0).length;
  return {
    ...tallyOf({ sent, acknowledged: new Set(seen.keys()), done }),
    unanswered: sent.length - seen.size,
    other_answer_stored: turns.filter(({ id, answer_id }) => seen.has(id) && seen.get(id) !== answer_id).length,
    not_remembered: answered - (await remembered(world, answered)),
    streams_without_end: ends.silent,
    hung: ends.hung,
    cut: ends.cut,
    told_to_retry: ends.told,
  };
};

const rememberedMsMax = 60_000;

/** How many answers the memory has, once it has them all or time is over. */
const remembered = async (world: World, wanted: number): Promise<number> => {
  const count = async (): Promise<number> => {
    const [row] = await world.sql<{ total: number }>(
      `select count(*)::int as total from memory_turns where role = 'assistant'`,
    );
    return row?.total ?? 0;
  };
  await eventually(async () => (await count()) >= wanted, rememberedMsMax).catch(() => undefined);
  return count();
};
