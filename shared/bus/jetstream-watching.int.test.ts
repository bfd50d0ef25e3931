import { randomBytes } from 'node:crypto';
import { jetstreamManager, type JetStreamManager } from '@nats-io/jetstream';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { natsUrl } from '../../tests/support/servers.ts';
import { systemClock as clock } from '../runtime/clock.ts';
import { domainId, envelopeOf, eventually, happened } from './conformance-world.ts';
import { createJetStreamBus, type JetStreamBus } from './jetstream.ts';
import type { WatchOptions } from './port.ts';

const logger = pino({ level: process.env['TEST_LOG'] ?? 'silent' });
let namespace: string;
let bus: JetStreamBus;
let manager: JetStreamManager;
let leaving: AbortController[];

beforeEach(async () => {
  namespace = `t${randomBytes(6).toString('hex')}`;
  leaving = [];
  bus = await createJetStreamBus({ servers: natsUrl(), name: 'test', namespace, clock, logger });
  manager = await jetstreamManager(bus.connection);
});
afterEach(async () => {
  leave();
  for (const kind of ['CMD', 'EVT']) await manager.streams.delete(`${namespace}_${kind}`);
  await bus.drain(0);
});

const leave = (): void => {
  for (const watcher of leaving) watcher.abort();
};
const tell = async (from: number, to: number): Promise<void> => {
  for (let n = from; n <= to; n += 1) await bus.publish(happened, envelopeOf(happened, n));
};
const upTo = (last: number): number[] => Array.from({ length: last }, (_, index) => index + 1);

/** `beforeEach` is awaited before each event is taken. */
const watchInto = (seen: number[], options: Omit<WatchOptions, 'signal'>, beforeEach?: () => Promise<void>) =>
  (async () => {
    const watcher = new AbortController();
    leaving.push(watcher);
    for await (const { envelope } of bus.watch({ ...options, signal: watcher.signal })) {
      await beforeEach?.();
      seen.push(Number(envelope.data['n']));
    }
  })();

const readersOnTheServer = async (): Promise<number> =>
  (await manager.streams.info(`${namespace}_EVT`)).state.consumer_count;

it('a crowd that wants all from the start costs the server a handful of readers, and misses nothing', async () => {
  await tell(1, 300);
  const crowd = Array.from({ length: 200 }, (_, index) => ({
    seen: new Array<number>(),
    options: { afterSeq: index % 4, ...(index % 2 === 0 ? {} : { domainId }) },
  }));
  let most = 0;
  const watches = crowd.map(({ seen, options }) => watchInto(seen, options));
  await eventually('all have the past', async () => {
    most = Math.max(most, await readersOnTheServer());
    return crowd.every(({ seen }) => seen.includes(300));
  });
  await tell(301, 310);
  await eventually('all have the present', () => crowd.every(({ seen }) => seen.includes(310)));
  for (const { seen, options } of crowd) expect(seen).toEqual(upTo(310).slice(options.afterSeq));
  expect(most).toBeLessThanOrEqual(10);
  expect(await readersOnTheServer()).toBe(1);
  leave();
  await Promise.all(watches);
});

it('a watcher that takes its time misses nothing of what went by meanwhile', async () => {
  await tell(1, 10);
  const seen: number[] = [];
  let go: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => (go = resolve));
  const others: number[] = [];
  const watches = [watchInto(seen, { afterSeq: 0 }, () => gate), watchInto(others, { afterSeq: 0 })];
  await eventually('the quick one reads', () => others.length === 10);
  await tell(11, 1_500);
  await eventually('the quick one is not held up', () => others.length === 1_500);
  go();
  await eventually('the slow one reads', () => seen.length === 1_500);
  expect(seen).toEqual(upTo(1_500));
  leave();
  await Promise.all(watches);
});

it('what is longer than one look into the past is read to its end', async () => {
  await tell(1, 1_200);
  const seen: number[] = [];
  const watch = watchInto(seen, { afterSeq: 100, domainId });
  await eventually('all is read', () => seen.length === 1_100);
  expect(seen).toEqual(upTo(1_200).slice(100));
  leave();
  await watch;
});
