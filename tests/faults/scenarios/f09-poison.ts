import { randomUUID } from 'node:crypto';
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import type { JetStreamBus } from '../../../shared/bus/jetstream.ts';
import { questionAnswered } from '../../../shared/contracts/chat.ts';
import { memoryRecorded } from '../../../shared/contracts/memory.ts';
import { publishSubject, type Durable, type Envelope } from '../../../shared/contracts/message.ts';
import { advanceDomain, domainRemoved } from '../../../shared/contracts/provisioning.ts';
import { eventually } from '../../support/eventually.ts';
import type { Scenario } from '../scenario.ts';
import { tallyOf } from '../tally.ts';
import type { World } from '../world/world.ts';

/** Poison ends up with the operator, and costs nobody but itself. */
export const poison: Scenario = {
  name: 'F9',
  title: 'bad JSON, a message that always fails and one that kills its process, among good ones',
  isInCi: true,
  sizes: { full: 1_000, quick: 200 },
  limitMs: { full: 300_000, quick: 180_000 },
  figures: [
    { name: 'lost', atMost: 0 },
    { name: 'duplicate', atMost: 0 },
    { name: 'dead_letters', atLeast: 3, atMost: 3 },
    { name: 'innocents_buried', atMost: 0 },
    { name: 'left_in_work_queue', atMost: 0 },
    { name: 'deaths', atLeast: 3, atMost: 3 },
    { name: 'buried_seconds', atMost: 120 },
  ],
  run: async ({ n, openWorld, say }) => {
    const world = await openWorld({
      env: { FAILPOINTS: 'memory.consume.domain_removed=kill,chat.consume.domain_removed=throw' },
    });
    const [chat, provisioning] = await Promise.all([world.openBus('chat'), world.openBus('provisioning')]);
    const startedAt = performance.now();
    const good = await publishAll({ chat, provisioning }, n);
    await eventually(async () => (await lettersOf(world)).length >= 3, buriedMsMax).catch(() => undefined);
    const buriedSeconds = Math.round((performance.now() - startedAt) / 1000);
    say(`${(await lettersOf(world)).length} are buried after ${buriedSeconds} s`);
    await eventually(async () => (await rememberedIn(world)).size >= n, restMsMax).catch(() => undefined);
    await eventually(async () => (await waitingIn(provisioning)) === 0, restMsMax).catch(() => undefined);
    const letters = await lettersOf(world);
    return {
      kills: {},
      ...tallyOf({ sent: good, acknowledged: new Set(good), done: await rememberedIn(world) }),
      dead_letters: letters.length,
      reasons: letters.map(({ owner, reason }) => `${owner}: ${reason}`).join(' | '),
      innocents_buried: letters.filter(({ key }) => good.includes(key)).length,
      left_in_work_queue: await waitingIn(provisioning),
      deaths: world.crashes().length,
      buried_seconds: buriedSeconds,
    };
  },
};

const buriedMsMax = 150_000;
const restMsMax = 30_000;
const wakeUpsPerHalf = 50;

type Buses = Readonly<Record<'chat' | 'provisioning', JetStreamBus>>;

/** Good messages, then the three, then good ones again; gives the ids of those that leave something behind. */
const publishAll = async ({ chat, provisioning }: Buses, n: number): Promise<readonly string[]> => {
  const good = Array.from({ length: n }, () => randomUUID());
  const publishGood = async (ids: readonly string[]): Promise<void> => {
    for (const id of ids) await chat.publish(questionAnswered, envelopeOf(questionAnswered, turnOf(id), id));
    for (let wakeUp = 0; wakeUp < wakeUpsPerHalf; wakeUp += 1)
      await provisioning.publish(advanceDomain, envelopeOf(advanceDomain, {}));
  };
  await publishGood(good.slice(0, n / 2));
  // Refused every time by chat and, in other hands, the end of every memory process; then what is no message at all.
  await provisioning.publish(domainRemoved, envelopeOf(domainRemoved, { website_key: 'f9' }));
  await jetstream(provisioning.connection).publish(advanceDomain.subject, '{ "id": ');
  await publishGood(good.slice(n / 2));
  return good;
};

const envelopeOf = (contract: Durable, data: Envelope['data'], id: string = randomUUID()): Envelope => {
  const domain_id = randomUUID();
  return {
    id,
    name: contract.name,
    subject: publishSubject(contract, domain_id),
    occurred_at: new Date().toISOString(),
    domain_id,
    correlation_id: id,
    causation_id: null,
    traceparent: null,
    data,
  };
};

const turnOf = (messageId: string): Envelope['data'] => ({
  session_id: randomUUID(),
  user_id: 'visitor',
  message_id: messageId,
  question: 'What may I ask?',
  answer: 'Anything.',
  grounded: true,
  degraded: [],
  answered_at: new Date().toISOString(),
});

const lettersOf = ({ sql }: World) =>
  sql<{ owner: string; key: string; reason: string }>('select owner, msg_key as key, reason from dead_letters');

/** How often each was remembered, as it was told: the turns themselves have a key that bears no second one. */
const rememberedIn = async ({ sql }: World): Promise<ReadonlyMap<string, number>> => {
  const rows = await sql<{ id: string; times: number }>(
    `select envelope -> 'data' ->> 'message_id' as id, count(*)::int as times from outbox
     where subject = $1 group by 1`,
    [memoryRecorded.subject],
  );
  return new Map(rows.map(({ id, times }) => [id, times]));
};

const waitingIn = async (bus: JetStreamBus): Promise<number> => {
  const manager = await jetstreamManager(bus.connection, { checkAPI: false });
  return (await manager.streams.info('CMD')).state.messages;
};
