import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { startNatsServer, type TestNats } from '../../tests/support/servers.ts';
import { systemClock as clock } from '../runtime/clock.ts';
import { envelopeOf, eventually, wakeUp } from './conformance-world.ts';
import { createJetStreamBus, type JetStreamBus } from './jetstream.ts';

const logger = pino({ level: process.env['TEST_LOG'] ?? 'silent' });
const line = z.object({
  ready: z.boolean().optional(),
  begun: z.number().optional(),
  done: z.number().optional(),
  attempt: z.number().optional(),
});
type Line = z.infer<typeof line>;

interface Worker {
  readonly lines: readonly Line[];
  readonly signal: (signal: NodeJS.Signals) => void;
  /** The exit code, or the signal that it died of. */
  readonly ended: Promise<number | string>;
}

let server: TestNats;
let bus: JetStreamBus;
const workers: Worker[] = [];

beforeEach(async () => {
  server = await startNatsServer();
  bus = await createJetStreamBus({ servers: server.url, name: 'test', clock, logger });
});
afterEach(async () => {
  for (const worker of workers) worker.signal('SIGKILL');
  await Promise.all(workers.splice(0).map(({ ended }) => ended));
  await bus.drain(0);
  await server.stop('SIGKILL');
});

const startWorker = async (options: { workMs: number; ackWaitMs: number; concurrency: number }): Promise<Worker> => {
  const program = join(import.meta.dirname, 'consumer-process.testing.ts');
  const numbers = [options.workMs, options.ackWaitMs, options.concurrency].map(String);
  const child = spawn(process.execPath, ['--import', 'tsx', program, server.url, ...numbers], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines: Line[] = [];
  createInterface({ input: child.stdout }).on('line', (text) => lines.push(line.parse(JSON.parse(text))));
  const worker = {
    lines,
    signal: (signal: NodeJS.Signals) => void child.kill(signal),
    ended: new Promise<number | string>((resolve) => {
      child.once('close', (code, signal) => resolve(code ?? signal ?? 'unknown'));
    }),
  };
  workers.push(worker);
  await eventually('the worker is ready', () => lines.some(({ ready }) => ready === true));
  return worker;
};

const publishAll = (count: number): Promise<unknown> =>
  Promise.all(Array.from({ length: count }, (_, n) => bus.publish(wakeUp, envelopeOf(wakeUp, n))));

const told = (): readonly Line[] => workers.flatMap(({ lines }) => lines);
const doneOnes = (): ReadonlySet<number> => new Set(told().flatMap(({ done }) => done ?? []));
/** Deliveries after the first. */
const again = (): number => told().filter(({ attempt = 1 }) => attempt > 1).length;

describe('workers that share a consumer', () => {
  it('lose nothing and hardly repeat anything when one is told to stop in mid-flow', async () => {
    const options = { workMs: 150, ackWaitMs: 30_000, concurrency: 5 };
    const [leaving] = await Promise.all([startWorker(options), startWorker(options)]);
    await publishAll(80);
    await eventually('some are done', () => doneOnes().size >= 20);
    const startedAt = performance.now();
    leaving.signal('SIGTERM');
    expect(await leaving.ended).toBe(0);
    const stoppedMs = performance.now() - startedAt;
    await eventually('all are done', () => doneOnes().size === 80);
    expect(stoppedMs).toBeLessThan(5_000);
    expect(again()).toBeLessThanOrEqual(2 * options.concurrency);
    // What was begun there was finished there.
    const begun = leaving.lines.flatMap(({ begun: n }) => n ?? []);
    expect(leaving.lines.flatMap(({ done }) => done ?? []).sort()).toEqual(begun.sort());
  });

  it('give what a killed one held to another after the time to acknowledge, and no more than that', async () => {
    const options = { workMs: 300, ackWaitMs: 2_000, concurrency: 5 };
    const [victim] = await Promise.all([startWorker(options), startWorker(options)]);
    await publishAll(40);
    const count = (what: 'begun' | 'done'): number => victim.lines.filter((each) => each[what] !== undefined).length;
    await eventually('it is at work', () => count('done') > 0 && count('begun') > count('done'));
    victim.signal('SIGKILL');
    expect(await victim.ended).toBe('SIGKILL');
    const startedAt = performance.now();
    await eventually('all are done', () => doneOnes().size === 40);
    expect(again()).toBeGreaterThan(0);
    expect(again()).toBeLessThanOrEqual(2 * options.concurrency);
    expect(performance.now() - startedAt).toBeLessThan(10_000);
  });
});

it('a message that takes three times as long as the time to acknowledge is handled once', async () => {
  const patient = await createJetStreamBus({ servers: server.url, name: 'test', clock, logger, ackWaitMs: 1_000 });
  let begun = 0;
  let done = 0;
  await patient.consume(
    wakeUp,
    'memory',
    async () => {
      begun += 1;
      await clock.sleep(3_500);
      done += 1;
    },
    { concurrency: 2, bury: async () => undefined },
  );
  await publishAll(1);
  await eventually('it is done', () => done > 0);
  expect(begun).toBe(1);
  await patient.drain(0);
});
