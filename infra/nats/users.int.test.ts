import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { connect, nkeyAuthenticator, type NatsConnection } from '@nats-io/transport-node';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createObjectStoreBlobs } from '../../shared/blobs/object-store.ts';
import { bringTopology } from '../../shared/bus/bring-topology.ts';
import { collect, count, envelopeOf, eventually, listening, within } from '../../shared/bus/conformance-world.ts';
import { repliesOf } from '../../shared/bus/jetstream/inbox.ts';
import { createNames } from '../../shared/bus/jetstream/names.ts';
import { createJetStreamBus, type JetStreamBus } from '../../shared/bus/jetstream.ts';
import { newSeed } from '../../shared/bus/nkeys.ts';
import { owners, query, type Owner } from '../../shared/contracts/message.ts';
import { systemClock as clock } from '../../shared/runtime/clock.ts';
import { findNatsProgram } from '../local/nats-program.ts';
import { startNats, type NatsServer } from '../local/nats.ts';
import { newSeeds, serverEnvironment } from './keys.ts';
import { roles } from './users.ts';

const logger = pino({ level: process.env['TEST_LOG'] ?? 'silent' });
const seeds = newSeeds();
const names = createNames();
const buses = new Map<Owner, JetStreamBus>();
let dataDir: string;
let server: NatsServer;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'parley-users-'));
  server = await startNats({ program: await findNatsProgram(), dataDir, users: serverEnvironment(seeds) });
  await bringTopology({ servers: server.url, seed: seeds['topology'], replicas: 1, clock, logger });
  for (const owner of owners) buses.set(owner, await open(owner));
});
afterAll(async () => {
  await Promise.all([...buses.values()].map((bus) => bus.drain(0)));
  await server.stop('SIGKILL');
  await rm(dataDir, { recursive: true, force: true });
});

const open = (owner: Owner, seed = seeds[owner]): Promise<JetStreamBus> =>
  createJetStreamBus({ servers: server.url, name: owner, seed, clock, logger, firstConnectMs: 10_000 });

const busOf = (owner: Owner): JetStreamBus => {
  const bus = buses.get(owner);
  if (bus === undefined) throw new Error(`No bus for ${owner}`);
  return bus;
};

const waiting = z.object({ num_pending: z.number(), num_ack_pending: z.number() });
const greet = (owner: Owner) => query(owner, 'greet', z.object({}), z.object({ from: z.string() }));

describe('each service may', () => {
  it('ask those it asks, and answer', async () => {
    for (const owner of owners) await busOf(owner).answer(greet(owner), async () => ({ from: owner }));
    for (const owner of owners) {
      for (const other of roles[owner].asks) {
        expect(await busOf(owner).ask(greet(other), {}, within())).toEqual({ from: other });
      }
    }
  });

  it('answer in more frames than one', async () => {
    await busOf('chat').answerStream(count, async function* ({ to }) {
      for (let n = 1; n <= to; n++) yield { n, text: '' };
    });
    expect(await collect(busOf('gateway').askStream(count, { to: 500 }, listening()))).toHaveLength(500);
  });

  it('consume what it consumes, told by its owner, and bury what is broken', async () => {
    const pairs = owners.flatMap((owner) => roles[owner].consumes.map((contract) => ({ owner, contract })));
    expect(pairs.length).toBeGreaterThan(5);
    for (const { owner, contract } of pairs) {
      const broken = envelopeOf(contract, 0, { correlation_id: 'x'.repeat(65) });
      await busOf(owner).consume(contract, owner, async () => undefined, { bury: async () => undefined });
      await busOf(contract.owner).publish(contract, broken);
    }
    for (const { owner, contract } of pairs) {
      const place = `${names.streamOf(contract)}.${names.durable(owner, contract)}`;
      await eventually(`${place} has dealt with all`, async () => {
        const info = await busOf(owner).connection.request(`$JS.API.CONSUMER.INFO.${place}`);
        const { num_pending, num_ack_pending } = waiting.parse(info.json());
        return num_pending + num_ack_pending === 0;
      });
    }
  });

  it('follow events where it does so', async () => {
    const contract = roles.memory.consumes[0];
    if (contract === undefined) throw new Error('memory consumes nothing');
    const envelope = envelopeOf(contract, 1);
    await busOf(contract.owner).publish(contract, envelope);
    for (const owner of owners.filter((candidate) => roles[candidate].watches)) {
      const signal = AbortSignal.timeout(10_000);
      const seen: string[] = [];
      for await (const event of busOf(owner).watch({ afterSeq: 0, signal })) {
        seen.push(event.envelope.id);
        if (event.envelope.id === envelope.id) break;
      }
      expect(seen).toContain(envelope.id);
    }
  });

  it('hand an upload to another that takes uploads', async () => {
    const [sender, receiver] = await Promise.all(
      (['gateway', 'knowledge'] as const).map((owner) =>
        createObjectStoreBlobs({ connection: busOf(owner).connection, clock }),
      ),
    );
    const { ref } = (await sender?.put(Readable.from([Buffer.from('body')]), 100)) ?? { ref: '' };
    expect(Buffer.from((await receiver?.get(ref)) ?? []).toString()).toBe('body');
    await receiver?.delete(ref);
  });
});

let operatorConnection: NatsConnection | undefined;
const operator = async (): Promise<NatsConnection> => (operatorConnection ??= await connectAs('topology'));
afterAll(() => operatorConnection?.close());

const connectAs = (user: string): Promise<NatsConnection> =>
  connect({
    servers: server.url,
    authenticator: nkeyAuthenticator(new TextEncoder().encode(seeds[user])),
    inboxPrefix: `_INBOX_${user}`,
  });

/** How many of these the server refuses to `user`. */
const refusals = async (
  user: string,
  subjects: { publish: readonly string[]; subscribe: readonly string[] },
): Promise<ReadonlySet<string>> => {
  const connection = await connectAs(user);
  const refused = new Set<string>();
  const wanted = subjects.publish.length + subjects.subscribe.length;
  void (async () => {
    for await (const status of connection.status()) {
      if (status.type === 'error') refused.add(/"([^"]+)"/.exec(status.error.message)?.[1] ?? status.error.message);
    }
  })();
  for (const subject of subjects.publish) connection.publish(subject, '{}');
  for (const subject of subjects.subscribe) connection.subscribe(subject, { callback: () => undefined });
  await connection.flush();
  await eventually(`${user} is refused all ${wanted}`, () => refused.size >= wanted).catch(() => undefined);
  await connection.close();
  return refused;
};

describe('no service may', () => {
  it.each(owners)('%s: speak for another, hear what is another’s, or touch what is stored', async (owner) => {
    const others = owners.filter((other) => other !== owner);
    const durables = others.flatMap((other) =>
      roles[other].consumes.map((contract) => ({
        place: `${names.streamOf(contract)}.${names.durable(other, contract)}`,
        filter: names.filter(contract),
      })),
    );
    const subjects = {
      publish: [
        ...others.flatMap((other) => [`cmd.${other}.do-it.v1`, `evt.${other}.happened.v1.x`, `_INBOX_${other}.a.b`]),
        // Neither in another's name to whoever asks both, nor to who asks it nothing.
        ...others.flatMap((asker) =>
          [...owners, 'stream' as const]
            .filter((replier) => replier !== owner || !roles[asker].asks.includes(owner))
            .map((replier) => `${repliesOf(asker, replier)}.a.b`),
        ),
        ...others.filter((other) => !roles[owner].asks.includes(other)).map((other) => `rpc.${other}.greet.v1`),
        ...['CMD', 'EVT', 'OBJ_uploads'].flatMap((stream) => [
          `$JS.API.STREAM.DELETE.${stream}`,
          `$JS.API.STREAM.UPDATE.${stream}`,
          `$JS.API.STREAM.MSG.DELETE.${stream}`,
        ]),
        ...['CMD', 'EVT'].map((stream) => `$JS.API.STREAM.PURGE.${stream}`),
        '$JS.API.STREAM.CREATE.MINE',
        ...durables.flatMap(({ place, filter }) => [
          `$JS.API.CONSUMER.CREATE.${place}.${filter}`,
          `$JS.API.CONSUMER.MSG.NEXT.${place}`,
          `$JS.API.CONSUMER.DELETE.${place}`,
          `$JS.ACK.${place}.1.1.1.1.1`,
        ]),
      ],
      subscribe: others
        .flatMap((other) => [`_INBOX_${other}.>`, `rpc.${other}.>`, `cmd.${other}.>`])
        .concat('>', 'evt.>'),
    };
    const refused = await refusals(owner, subjects);
    expect([...subjects.publish, ...subjects.subscribe].filter((subject) => !refused.has(subject))).toEqual([]);
  });

  it('be anybody with another key', async () => {
    await expect(open('chat', newSeed())).rejects.toThrow('NATS_NKEY_SEED');
    await expect(open('chat', 'not a seed')).rejects.toThrow('NATS_NKEY_SEED');
  });

  it('change a stream: it refuses to start on other terms and says what to do', async () => {
    const topology = { servers: server.url, seed: seeds['topology'], clock, logger };
    const connection = await operator();
    const stream = 'CMD';
    const info = await connection.request(`$JS.API.STREAM.INFO.${stream}`);
    const { config } = z.object({ config: z.record(z.string(), z.unknown()) }).parse(info.json());
    await connection.request(`$JS.API.STREAM.UPDATE.${stream}`, JSON.stringify({ ...config, max_msgs: 10_000 }));
    await expect(open('chat')).rejects.toThrow(/stream CMD on other terms than ours \(max_msgs\): run/);
    await bringTopology({ ...topology, replicas: 1 });
    await (await open('chat')).drain(0);
  });
});
