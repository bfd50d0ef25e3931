import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect, nkeyAuthenticator } from '@nats-io/transport-node';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually } from '../../tests/support/eventually.ts';
import { bringTopology } from '../../shared/bus/bring-topology.ts';
import { envelopeOf } from '../../shared/bus/conformance-world.ts';
import { createJetStreamBus, type JetStreamBus } from '../../shared/bus/jetstream.ts';
import { questionAnswered } from '../../shared/contracts/chat.ts';
import type { Owner } from '../../shared/contracts/message.ts';
import { systemClock as clock } from '../../shared/runtime/clock.ts';
import { findNatsProgram } from '../local/nats-program.ts';
import { startNats, type NatsServer } from '../local/nats.ts';
import { freePort } from '../local/ports.ts';
import { newSeeds, serverEnvironment } from './keys.ts';

interface Node {
  readonly name: string;
  readonly folder: string;
  readonly port: number;
  server: NatsServer | undefined;
}

const logger = pino({ level: process.env['TEST_LOG'] ?? 'silent' });
const seeds = newSeeds();
const nodes: Node[] = [];
const buses: JetStreamBus[] = [];
let root: string;
let servers: string;

/** cluster.conf as it stands, but for addresses, the store's place and what an old server does not know. */
const writeConfig = async (
  folder: string,
  { monitor, cluster, all }: Record<'monitor' | 'cluster', number> & { all: readonly number[] },
) => {
  await cp(import.meta.dirname, folder, { recursive: true });
  await writeFile(join(folder, 'sync.conf'), '');
  const [server, clustered] = await Promise.all(
    ['nats-server.conf', 'cluster.conf'].map((name) => readFile(join(folder, name), 'utf8')),
  );
  await writeFile(
    join(folder, 'nats-server.conf'),
    (server ?? '').replace('127.0.0.1:8222', `127.0.0.1:${monitor}`).replace(/store_dir: .*/, ''),
  );
  const routes = all.map((port) => `"nats://127.0.0.1:${port}"`).join(', ');
  await writeFile(
    join(folder, 'cluster.conf'),
    (clustered ?? '').replace('0.0.0.0:6222', `127.0.0.1:${cluster}`).replace(/routes: .*/, `routes: [${routes}]`),
  );
};

const start = async (node: Node): Promise<void> => {
  node.server = await startNats({
    program: await findNatsProgram(),
    dataDir: node.folder,
    port: node.port,
    config: join(node.folder, 'cluster.conf'),
    users: { ...serverEnvironment(seeds), NATS_SERVER_NAME: node.name },
  });
};

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'parley-cluster-'));
  const all = [await freePort(), await freePort(), await freePort()];
  for (const [index, cluster] of all.entries()) {
    const node: Node = {
      name: `nats-${index}`,
      folder: join(root, `${index}`),
      port: await freePort(),
      server: undefined,
    };
    await writeConfig(node.folder, { monitor: await freePort(), cluster, all });
    nodes.push(node);
  }
  await Promise.all(nodes.map(start));
  servers = nodes.map(({ port }) => `nats://127.0.0.1:${port}`).join(',');
  await bringTopology({ servers, seed: seeds['topology'], replicas: 3, clock, logger });
}, 120_000);
afterAll(async () => {
  await Promise.all(buses.map((bus) => bus.drain(0)));
  await Promise.all(nodes.map(async ({ server }) => server?.stop('SIGKILL')));
  await rm(root, { recursive: true, force: true });
});

const open = async (name: Owner): Promise<JetStreamBus> => {
  const bus = await createJetStreamBus({ servers, name, seed: seeds[name], replicas: 3, clock, logger });
  buses.push(bus);
  return bus;
};

/** Which node leads the events, and whether the two others have all of them. */
const eventsState = async (): Promise<{ leader: string; isWhole: boolean }> => {
  const connection = await connect({
    servers: servers.split(','),
    authenticator: nkeyAuthenticator(new TextEncoder().encode(seeds['topology'])),
    inboxPrefix: '_INBOX_topology',
  });
  try {
    const { cluster } = await (await jetstreamManager(connection, { checkAPI: false })).streams.info('EVT');
    const others = cluster?.replicas ?? [];
    return { leader: cluster?.leader ?? '', isWhole: others.length === 2 && others.every(({ current }) => current) };
  } finally {
    await connection.close();
  }
};

const untilWhole = (): Promise<string> =>
  eventually(async () => {
    const state = await eventsState().catch(() => undefined);
    return state?.isWhole === true && state.leader;
  }, 60_000);

it('goes on when any one of three is killed, the leader too, and loses nothing', { timeout: 240_000 }, async () => {
  const [publisher, reader] = await Promise.all([open('chat'), open('memory')]);
  const consumed = new Set<string>();
  const published: string[] = [];
  let longestMs = 0;
  const ending = new AbortController();
  await reader.consume(questionAnswered, 'memory', async ({ envelope }) => void consumed.add(envelope.id), {
    // Our envelopes hold nothing that the contract wants: what arrives is buried, which counts as well.
    bury: async ({ envelope }) => void consumed.add(envelope?.id ?? ''),
  });
  const publishing = (async () => {
    while (!ending.signal.aborted) {
      const envelope = envelopeOf(questionAnswered, published.length);
      const startedAt = performance.now();
      await eventually(
        () =>
          publisher.publish(questionAnswered, envelope).then(
            () => true,
            () => false,
          ),
        60_000,
      );
      longestMs = Math.max(longestMs, performance.now() - startedAt);
      published.push(envelope.id);
    }
  })();

  for (let round = 1; round <= 2; round++) {
    await eventually(() => published.length >= round * 100, 60_000);
    const leader = await untilWhole();
    const victim = nodes.find(({ name }) => name === leader);
    if (victim === undefined) throw new Error(`No node is called ${leader}`);
    await victim.server?.stop('SIGKILL');
    const sofar = published.length;
    await eventually(() => published.length >= sofar + 100, 60_000);
    await start(victim);
  }
  ending.abort();
  await publishing;
  await eventually(() => published.every((id) => consumed.has(id)), 60_000);
  expect(published.length).toBeGreaterThan(300);
  // An election takes 4 to 9 s in nats-server.
  expect(longestMs).toBeLessThan(30_000);
  logger.info({ published: published.length, longestMs }, 'figures');
});
