import { jetstream, jetstreamManager, RetentionPolicy } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startNatsServer, type TestNats } from '../../tests/support/servers.ts';
import { Failure } from '../errors/failure.ts';
import { systemClock as clock } from '../runtime/clock.ts';
import { ConfigError } from '../runtime/config.ts';
import { buryUnseen, echo, envelopeOf, eventually, failureOf, happened, wakeUp, within } from './conformance-world.ts';
import type { DeadLetter } from './dead-letter.ts';
import { createJetStreamBus, type JetStreamBus, type JetStreamOptions } from './jetstream.ts';
import type { Delivery } from './port.ts';

const logger = pino({ level: process.env['TEST_LOG'] ?? 'silent' });
const wakeUpDurable = 'memory--cmd-memory-wake-up-v1';
let server: TestNats;
const buses: JetStreamBus[] = [];

const openBus = async (options: Partial<JetStreamOptions> = {}): Promise<JetStreamBus> => {
  const bus = await createJetStreamBus({ servers: server.url, name: 'test', clock, logger, ...options });
  buses.push(bus);
  return bus;
};

beforeEach(async () => {
  server = await startNatsServer();
});
afterEach(async () => {
  await Promise.all(buses.splice(0).map((bus) => bus.drain(0)));
  await server.stop('SIGKILL');
});

/** Publishes as the outbox relay does, until the bus has taken the message. */
const relay = async (bus: JetStreamBus, n: number): Promise<void> => {
  const envelope = envelopeOf(happened, n);
  await eventually(`message ${n} is taken`, () =>
    bus.publish(happened, envelope).then(
      () => true,
      () => false,
    ),
  );
};

const watchInto = (bus: JetStreamBus, seen: number[]): AbortController => {
  const leaving = new AbortController();
  void (async () => {
    for await (const { envelope } of bus.watch({ afterSeq: 0, signal: leaving.signal })) {
      seen.push(Number(envelope.data['n']));
    }
  })();
  return leaving;
};

describe('the JetStream bus under faults', () => {
  it('loses nothing when the server is killed twice in mid-flow, and questions and watchers go on', async () => {
    const bus = await openBus();
    const consumed = new Set<number>();
    const watched: number[] = [];
    await bus.consume(happened, 'memory', async ({ data }) => void consumed.add(data.n), { bury: buryUnseen });
    await bus.answer(echo, async ({ text }) => ({ text, by: 'me' }));
    const watch = watchInto(bus, watched);
    let published = 0;
    const publishing = (async () => {
      for (; published < 600; published++) await relay(bus, published);
    })();
    for (const killAt of [100, 350]) {
      await eventually(`${killAt} published`, () => published >= killAt);
      await server.restart({ signal: 'SIGKILL' });
    }
    await publishing;
    await eventually('all are consumed', () => consumed.size === 600);
    await eventually('all are watched', () => new Set(watched).size === 600);
    expect((await bus.ask(echo, { text: 'still here' }, within())).text).toBe('still here');
    watch.abort();
  });

  it('has its topology back after the store was wiped: new messages are consumed and watched', async () => {
    const bus = await openBus();
    const consumed: number[] = [];
    const watched: number[] = [];
    await bus.consume(happened, 'memory', async ({ data }) => void consumed.push(data.n), { bury: buryUnseen });
    const watch = watchInto(bus, watched);
    for (const n of [1, 2, 3]) await relay(bus, n);
    await eventually('all are consumed', () => consumed.length === 3 && watched.length === 3);
    await server.restart({ signal: 'SIGKILL', wipe: true });
    await relay(bus, 4);
    await eventually('the new one is consumed', () => consumed.includes(4));
    await eventually('the new one is watched', () => watched.includes(4));
    watch.abort();
  });

  it('has a deleted durable back', async () => {
    const bus = await openBus();
    const consumed: number[] = [];
    await bus.consume(happened, 'memory', async ({ data }) => void consumed.push(data.n), { bury: buryUnseen });
    await relay(bus, 1);
    await eventually('it is consumed', () => consumed.length === 1);
    const manager = await jetstreamManager(bus.connection);
    await manager.consumers.delete('EVT', 'memory--evt-chat-something-happened-v1');
    await relay(bus, 2);
    await eventually('the new one is consumed', () => consumed.includes(2));
  });

  it('refuses questions and messages at once while the server is away, and says so', async () => {
    const bus = await openBus();
    expect(bus.health()).toEqual({ connected: true, detail: expect.stringMatching(/^nats-server \d/) as string });
    await server.stop('SIGKILL');
    await eventually('the loss is noticed', () => !bus.health().connected);
    const startedAt = clock.now();
    expect((await failureOf(bus.ask(echo, { text: '' }, within(5_000)))).code).toBe('service_unavailable');
    expect((await failureOf(bus.publish(happened, envelopeOf(happened, 1)))).code).toBe('service_unavailable');
    expect(clock.now() - startedAt).toBeLessThan(1_000);
  });

  it('ends a running question when the connection breaks, rather than at its deadline', async () => {
    const bus = await openBus();
    let running = false;
    await bus.answer(echo, async (_input, { signal }) => {
      running = true;
      await clock.sleep(20_000, signal);
      return { text: '', by: '' };
    });
    const asked = failureOf(bus.ask(echo, { text: '' }, within(20_000)));
    await eventually('the handler runs', () => running);
    await server.stop('SIGKILL');
    expect((await asked).code).toBe('service_unavailable');
  });

  it('sets up its topology from many processes at once', async () => {
    const many = await Promise.all(Array.from({ length: 6 }, () => openBus()));
    const consumed: number[] = [];
    await Promise.all(
      many.map((bus) =>
        bus.consume(wakeUp, 'memory', async ({ data }) => void consumed.push(data.n), { bury: buryUnseen }),
      ),
    );
    await many[0]?.publish(wakeUp, envelopeOf(wakeUp, 1));
    await eventually('it is consumed', () => consumed.length === 1);
  });

  it('does not start on a stream that is on other terms', async () => {
    const connection = await connect({ servers: server.url });
    const manager = await jetstreamManager(connection);
    await manager.streams.add({ name: 'CMD', subjects: ['cmd.>'], retention: RetentionPolicy.Limits });
    await connection.close();
    await expect(createJetStreamBus({ servers: server.url, name: 'test', clock, logger })).rejects.toThrow();
  });

  it('brings a durable that an earlier version made to its own terms, and loses nothing that waits there', async () => {
    const earlier = await openBus();
    await earlier.consume(wakeUp, 'memory', async () => undefined, { bury: buryUnseen });
    await earlier.drain(1_000);
    const connection = await connect({ servers: server.url });
    const manager = await jetstreamManager(connection);
    await manager.consumers.update('CMD', wakeUpDurable, { max_deliver: 10 });
    await jetstream(connection).publish(wakeUp.subject, JSON.stringify(envelopeOf(wakeUp, 1)));
    const consumed: number[] = [];
    await (
      await openBus()
    ).consume(wakeUp, 'memory', async ({ data }) => void consumed.push(data.n), { bury: buryUnseen });
    await eventually('what waited is consumed', () => consumed.length === 1);
    expect((await manager.consumers.info('CMD', wakeUpDurable)).config.max_deliver).toBe(-1);
    await connection.close();
  });

  it('buries what is no message at all, and leaves nothing of it in the work queue', async () => {
    const bus = await openBus();
    const letters: DeadLetter[] = [];
    await bus.consume(wakeUp, 'memory', async () => undefined, {
      bury: async (letter) => void letters.push(letter),
    });
    await jetstream(bus.connection).publish(wakeUp.subject, '{ "id": ');
    await eventually('it is buried', () => letters.length === 1);
    expect(letters).toEqual([
      { subject: wakeUp.subject, envelope: undefined, text: '{ "id": ', reason: 'invalid_envelope', attempts: 1 },
    ]);
    const manager = await jetstreamManager(bus.connection);
    await eventually('the queue is empty', async () => (await manager.streams.info('CMD')).state.messages === 0);
  });

  it('takes a message for a suspect that another process was given before', async () => {
    const bus = await openBus();
    await bus.consume(wakeUp, 'memory', async () => undefined, { bury: buryUnseen });
    await bus.drain(1_000);
    const connection = await connect({ servers: server.url });
    await jetstream(connection).publish(wakeUp.subject, JSON.stringify(envelopeOf(wakeUp, 1)));
    const theirs = await jetstream(connection).consumers.get('CMD', wakeUpDurable);
    (await theirs.next({ expires: 2_000 }))?.nak();
    await connection.drain();
    const seen: boolean[] = [];
    const handler = async ({ isSuspect }: Delivery<typeof wakeUp>): Promise<void> => {
      seen.push(isSuspect);
      if (seen.length === 1) throw new Failure('memory_unavailable', { retryAfterMs: 1 });
    };
    await (await openBus()).consume(wakeUp, 'memory', handler, { bury: buryUnseen });
    await eventually('it is handled again', () => seen.length === 2);
    expect(seen).toEqual([true, false]);
  });

  it('says in one line, without secrets, that no server answers', async () => {
    await server.stop('SIGKILL');
    const starting = createJetStreamBus({
      servers: server.url.replace('//', '//user:hunter2@'),
      name: 'test',
      clock,
      logger,
      firstConnectMs: 300,
    });
    const error = await starting.catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ConfigError);
    expect(String(error)).toContain('NATS_URL');
    expect(String(error)).not.toContain('hunter2');
    expect(String(error)).not.toContain('\n');
  });
});
