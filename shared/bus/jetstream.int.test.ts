import { randomBytes } from 'node:crypto';
import { jetstreamManager } from '@nats-io/jetstream';
import { pino } from 'pino';
import { afterAll, beforeAll } from 'vitest';
import { natsUrl } from '../../tests/support/servers.ts';
import { systemClock as clock } from '../runtime/clock.ts';
import { busConformance } from './conformance.ts';
import type { Backbone } from './conformance-world.ts';
import { createJetStreamBus, type JetStreamBus } from './jetstream.ts';
import { useTracing } from './tracing.testing.ts';

const logger = pino({ level: process.env['TEST_LOG'] ?? 'silent' });
const tracing = useTracing();
beforeAll(tracing.start);
afterAll(tracing.stop);

const openBackbone = async (): Promise<Backbone> => {
  const namespace = `t${randomBytes(6).toString('hex')}`;
  const buses: JetStreamBus[] = [];
  const replica = async (): Promise<JetStreamBus> => {
    const bus = await createJetStreamBus({
      servers: natsUrl(),
      name: 'test',
      namespace,
      clock,
      logger,
      heartbeatMs: 200,
      silenceMs: 1_000,
    });
    buses.push(bus);
    return bus;
  };
  const administrator = await replica();
  const manager = await jetstreamManager(administrator.connection);
  return {
    replica,
    kill: async (bus) => {
      const found = buses.find((candidate) => candidate === bus);
      await found?.connection.close();
    },
    close: async () => {
      for (const kind of ['CMD', 'EVT']) await manager.streams.delete(`${namespace}_${kind}`);
      await Promise.all(buses.map((bus) => bus.drain(0)));
    },
  };
};

busConformance('jetstream', openBackbone, { replicas: true });
