import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { connect } from '@nats-io/transport-node';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createObjectStoreBlobs } from '../../shared/blobs/object-store.ts';
import {
  collect,
  count,
  echo,
  envelopeOf,
  eventually,
  happened,
  listening,
  within,
} from '../../shared/bus/conformance-world.ts';
import { createJetStreamBus, type JetStreamBus } from '../../shared/bus/jetstream.ts';
import { owners, type Owner } from '../../shared/contracts/message.ts';
import { systemClock as clock } from '../../shared/runtime/clock.ts';
import { ConfigError } from '../../shared/runtime/config.ts';
import { findNatsProgram } from '../local/nats-program.ts';
import { freePort } from '../local/ports.ts';

const confFile = join(import.meta.dirname, 'nats-server.conf');
const password = `p${randomBytes(12).toString('hex')}`;
const environment = {
  ...process.env,
  ...Object.fromEntries(owners.map((owner) => [`NATS_PASSWORD_${owner.toUpperCase()}`, `${password}-${owner}`])),
};

describe('the NATS configuration', () => {
  it('is accepted by the server', async () => {
    const { stderr } = await promisify(execFile)(await findNatsProgram(), ['-t', '-c', confFile], { env: environment });
    expect(stderr).toContain('is valid');
  });

  it('does not start without passwords', async () => {
    const checking = promisify(execFile)(await findNatsProgram(), ['-t', '-c', confFile], { env: { PATH: '' } });
    await expect(checking).rejects.toThrow('NATS_PASSWORD');
  });
});

describe('the users of accounts.conf', () => {
  let folder: string;
  let server: ChildProcess;
  let servers: string;
  const buses = new Map<Owner, JetStreamBus>();
  const busOf = (owner: Owner): JetStreamBus => {
    const bus = buses.get(owner);
    if (bus === undefined) throw new Error(`No bus for ${owner}`);
    return bus;
  };
  const open = (owner: Owner, secret: string): Promise<JetStreamBus> =>
    createJetStreamBus({
      servers,
      name: owner,
      credentials: { user: owner, password: secret },
      clock,
      logger: pino({ level: process.env['TEST_LOG'] ?? 'silent' }),
      firstConnectMs: 10_000,
    });

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'parley-nats-'));
    const port = await freePort();
    servers = `nats://127.0.0.1:${port}`;
    // The file as it stands, but for where it listens and keeps its store.
    const conf = (await readFile(confFile, 'utf8'))
      .replace('host: 0.0.0.0', 'host: 127.0.0.1')
      .replace('port: 4222', `port: ${port}`)
      .replace('http: 8222', '')
      .replace('/data', folder);
    await writeFile(join(folder, 'nats.conf'), conf);
    await copyFile(join(import.meta.dirname, 'accounts.conf'), join(folder, 'accounts.conf'));
    server = spawn(await findNatsProgram(), ['-c', join(folder, 'nats.conf')], { env: environment, stdio: 'ignore' });
    for (const owner of owners) buses.set(owner, await open(owner, `${password}-${owner}`));
  });
  afterAll(async () => {
    await Promise.all([...buses.values()].map((bus) => bus.drain(0)));
    server.kill('SIGKILL');
    await rm(folder, { recursive: true, force: true });
  });

  it('can ask and answer, also in more frames than one', async () => {
    await busOf('chat').answer(echo, async ({ text }) => ({ text, by: 'chat' }));
    await busOf('chat').answerStream(count, async function* ({ to }) {
      for (let n = 1; n <= to; n++) yield { n, text: '' };
    });
    expect((await busOf('gateway').ask(echo, { text: 'hello' }, within())).by).toBe('chat');
    expect(await collect(busOf('gateway').askStream(count, { to: 500 }, listening()))).toHaveLength(500);
  });

  it('can tell, consume, bury and watch', async () => {
    const seen: number[] = [];
    const buried: string[] = [];
    await busOf('memory').consume(happened, 'memory', async ({ data }) => void seen.push(data.n), {
      bury: async ({ reason }) => void buried.push(reason),
    });
    await busOf('chat').publish(happened, envelopeOf(happened, 1));
    await busOf('chat').publish(happened, envelopeOf(happened, 2, { data: { n: 'poison' } }));
    await busOf('chat').publish(happened, envelopeOf(happened, 3));
    await eventually('the good ones are consumed', () => seen.includes(1) && seen.includes(3));
    for await (const { envelope } of busOf('gateway').watch({ afterSeq: 0, signal: AbortSignal.timeout(10_000) })) {
      if (envelope.data['n'] === 3) break;
    }
    await eventually('the bad one is buried', () => buried.length === 1);
  });

  it('can hand an upload from the gateway to knowledge', async () => {
    const [sender, receiver] = await Promise.all(
      (['gateway', 'knowledge'] as const).map((owner) =>
        createObjectStoreBlobs({ connection: busOf(owner).connection, clock }),
      ),
    );
    const { ref } = (await sender?.put(Readable.from([Buffer.from('body')]), 100)) ?? { ref: '' };
    expect(Buffer.from((await receiver?.get(ref)) ?? []).toString()).toBe('body');
    await receiver?.delete(ref);
  });

  it('cannot speak for another, nor read its answers', async () => {
    const connection = await connect({
      servers,
      user: 'memory',
      pass: `${password}-memory`,
      inboxPrefix: '_INBOX_memory',
    });
    const refused: string[] = [];
    void (async () => {
      for await (const status of connection.status()) if (status.type === 'error') refused.push(status.error.message);
    })();
    connection.publish('evt.chat.something-happened.v1.0b0e8b1e-8f5e-4f83-9d3d-3a2f4a7f6a01', '{}');
    connection.publish('$JS.API.STREAM.DELETE.EVT');
    connection.subscribe('_INBOX_gateway.>', { callback: () => undefined });
    connection.subscribe('rpc.chat.>', { callback: () => undefined });
    await eventually('all four are refused', () => refused.length >= 4);
    await connection.close();
  });

  it('are refused in one line with a wrong password', async () => {
    await expect(open('chat', 'wrong')).rejects.toBeInstanceOf(ConfigError);
  });
});
