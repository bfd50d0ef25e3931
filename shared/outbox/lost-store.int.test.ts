import { afterEach, beforeEach, expect, it } from 'vitest';
import { eventually } from '../../tests/support/eventually.ts';
import { openPlatform, type TestPlatform } from '../../tests/support/platform.ts';
import { startNatsServer, type TestNats } from '../../tests/support/servers.ts';
import { createJetStreamBus, type JetStreamBus } from '../bus/jetstream.ts';
import { domainRemoved } from '../contracts/provisioning.ts';
import { startMessaging, type Messaging } from './messaging.ts';

let server: TestNats;
let platform: TestPlatform;
let buses: JetStreamBus[];
let teller: Messaging;

beforeEach(async () => {
  [server, platform] = await Promise.all([startNatsServer(), openPlatform()]);
  buses = [];
  teller = await startMessaging({ ...platform, bus: await openBus('provisioning') }, 'provisioning');
});
afterEach(async () => {
  await teller.stop();
  await Promise.all(buses.map((bus) => bus.drain(0)));
  await platform.close();
  await server.stop('SIGKILL');
});

const openBus = async (name: string): Promise<JetStreamBus> => {
  const { clock, logger } = platform;
  const bus = await createJetStreamBus({ servers: server.url, name, clock, logger });
  buses.push(bus);
  return bus;
};

const tell = (n: number): Promise<void> => {
  const domain_id = `0b0e8b1e-8f5e-4f83-9d3d-${String(n).padStart(12, '0')}`;
  return teller.transaction((tx) =>
    teller.emit(tx, domainRemoved, { domainId: domain_id, data: { website_key: `key-${n}` } }),
  );
};

const unsent = async (): Promise<number> =>
  (await platform.sql<{ n: number }>('select count(*)::int as n from outbox where sent_at is null'))[0]?.n ?? -1;

const consumeInto = async (effects: string[]): Promise<Messaging> => {
  const memory = await startMessaging({ ...platform, bus: await openBus('memory') }, 'memory');
  await memory.consume(domainRemoved, async (_tx, { envelope }) => void effects.push(envelope.domain_id));
  return memory;
};

// Published and not consumed is the one place where a message is in the bus alone.
it('an event that only the lost store held is sent again, and has its effect once', async () => {
  const effects: string[] = [];
  for (const n of [1, 2, 3]) await tell(n);
  await eventually(async () => (await unsent()) === 0);

  await server.restart({ signal: 'SIGKILL', wipe: true });
  const memory = await consumeInto(effects);
  await eventually(() => effects.length === 3, 10_000);
  await eventually(async () => (await unsent()) === 0);
  expect(new Set(effects).size).toBe(3);

  // Lost once more, after all was consumed: everything is sent again and nothing happens twice.
  await server.restart({ signal: 'SIGKILL', wipe: true });
  await tell(4);
  await eventually(() => effects.length === 4, 10_000);
  await eventually(async () => (await unsent()) === 0);
  expect(new Set(effects).size).toBe(4);
  await memory.stop();
});

it('a store that was lost while nothing ran is noticed by the next start', async () => {
  await tell(1);
  await eventually(async () => (await unsent()) === 0);
  await teller.stop();
  await Promise.all(buses.splice(0).map((bus) => bus.drain(0)));
  await server.restart({ signal: 'SIGKILL', wipe: true });

  teller = await startMessaging({ ...platform, bus: await openBus('provisioning') }, 'provisioning');
  const effects: string[] = [];
  const memory = await consumeInto(effects);
  await eventually(() => effects.length === 1, 10_000);
  await memory.stop();
});
