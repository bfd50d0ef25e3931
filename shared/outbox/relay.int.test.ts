import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '../../tests/support/eventually.ts';
import { openPlatform, type TestPlatform } from '../../tests/support/platform.ts';
import type { Bus } from '../bus/port.ts';
import { domainRemoved } from '../contracts/provisioning.ts';
import { Failure } from '../errors/failure.ts';
import { systemClock as clock } from '../runtime/clock.ts';
import type { Worker } from '../work/worker.ts';
import { createEmit } from './outbox.ts';
import { createRelayRows } from './relay-rows.ts';
import { startRelay } from './relay.ts';

let platform: TestPlatform;
let relays: Worker[] = [];
beforeEach(async () => {
  platform = await openPlatform();
});
afterEach(async () => {
  await Promise.all(relays.map((relay) => relay.stop()));
  relays = [];
  await platform.close();
});

interface Told {
  readonly domainId: string;
  readonly id: string;
  readonly isSuspect: boolean;
}

/** A bus that takes what it is given, unless `refuse` says otherwise, in no time at all or a little more. */
const busThat = (told: Told[], refuse: () => boolean = () => false): Bus => ({
  ...platform.bus,
  publish: async (_contract, { id, domain_id: domainId }, { isSuspect = false } = {}) => {
    await clock.sleep(Math.random() * 3);
    if (refuse()) throw new Failure('service_unavailable');
    told.push({ domainId, id, isSuspect });
  },
});

const start = (bus: Bus): void => {
  const { database, logger, started } = platform;
  const store = createRelayRows(database, 'provisioning');
  relays.push(startRelay({ owner: 'provisioning', store, bus, clock, logger, started }));
};

const owe = async (domainIds: readonly string[]): Promise<void> => {
  const emit = createEmit('provisioning', clock);
  for (const domainId of domainIds) {
    await platform.database.run((client) => emit(client, domainRemoved, { domainId, data: { website_key: 'k' } }));
  }
};

const unsent = async (): Promise<number> =>
  (await platform.sql<{ n: number }>('select count(*)::int as n from outbox where sent_at is null'))[0]?.n ?? -1;

/** The messages of each domain in the order of the outbox. */
const owedInOrder = () =>
  platform.sql<{ domain_id: string; ids: string[] }>(
    `select envelope->>'domain_id' as domain_id, array_agg(msg_id::text order by id) as ids from outbox group by 1`,
  );

const firstTold = (told: readonly Told[], domainId: string): readonly string[] => [
  ...new Set(told.filter((message) => message.domainId === domainId).map(({ id }) => id)),
];

describe('the relay', () => {
  it('publishes the events of each domain in their order, by several replicas and through failures', async () => {
    const domains = Array.from({ length: 10 }, () => randomUUID());
    const told: Told[] = [];
    for (let replica = 0; replica < 3; replica += 1) start(busThat(told, () => Math.random() < 0.1));
    const updates = Array.from({ length: 40 }, () => domains).flat();
    await Promise.all([0, 1, 2, 3].map((part) => owe(updates.slice(part * 100, (part + 1) * 100))));
    for (const relay of relays) relay.wake();
    await eventually(async () => (await unsent()) === 0, 25_000);
    for (const { domain_id, ids } of await owedInOrder()) expect(firstTold(told, domain_id)).toEqual(ids);
  });

  it('holds up no other domain for one whose event does not leave', async () => {
    const [stuck, free] = [randomUUID(), randomUUID()];
    const told: Told[] = [];
    const bus = busThat(told);
    const publish: Bus['publish'] = async (contract, envelope, options) => {
      if (envelope.domain_id === stuck) throw new Failure('service_unavailable');
      await bus.publish(contract, envelope, options);
    };
    await owe([stuck, stuck, free, free]);
    start({ ...bus, publish });
    await eventually(async () => (await unsent()) === 2);
    expect(told.map(({ domainId }) => domainId)).toEqual([free, free]);
    const tried = async () => (await platform.sql<{ n: number }>('select sum(attempts)::int as n from outbox'))[0]?.n;
    await eventually(async () => ((await tried()) ?? 0) > 0);
    const rows = await platform.sql('select attempts > 0 as tried from outbox where sent_at is null order by id');
    expect(rows).toEqual([{ tried: true }, { tried: false }]);
  });

  it('does not publish behind an event that another relay has in hands', async () => {
    const domainId = randomUUID();
    await owe([domainId]);
    await platform.sql(`update outbox set claimed_until = now() + interval '2 seconds'`);
    await owe([domainId]);
    const told: Told[] = [];
    start(busThat(told));
    await eventually(async () => (await unsent()) === 0, 8_000);
    expect(told.map(({ isSuspect }) => isSuspect)).toEqual([true, false]);
  });

  it('lets a relay say nothing of rows that another relay has claimed since', async () => {
    await owe([randomUUID()]);
    const store = createRelayRows(platform.database, 'provisioning');
    const [stale] = await store.claim();
    await platform.sql(`update outbox set claimed_until = now() - interval '1 second'`);
    const [held] = await store.claim();
    if (stale === undefined || held === undefined) throw new Error('not claimed');
    await store.markSent(stale.claim, [stale.id]);
    await store.giveBack(stale.claim, [stale.id], []);
    expect(await store.claim()).toEqual([]);
    expect(await store.isHeldSince(new Date(clock.now() + 1_000))).toBe(true);
    expect(await unsent()).toBe(1);
    await store.markSent(held.claim, [held.id]);
    expect(await unsent()).toBe(0);
    expect(await store.isHeldSince(new Date(clock.now() + 1_000))).toBe(false);
  });

  it('leaves alone what only another version knows, and sends what comes after it', async () => {
    const domainId = randomUUID();
    await owe([domainId, domainId]);
    await platform.sql(
      `update outbox set subject = 'evt.provisioning.of-tomorrow.v1' where id = (select min(id) from outbox)`,
    );
    const told: Told[] = [];
    start(busThat(told));
    await eventually(async () => (await unsent()) === 1);
    expect(told).toHaveLength(1);
    expect(await platform.sql('select attempts, claimed_until from outbox where sent_at is null')).toEqual([
      { attempts: 0, claimed_until: null },
    ]);
  });
});
