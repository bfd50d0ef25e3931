import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { createDatabase, natsUrl, type TestDatabase } from '../support/servers.ts';
import { isAlive, ownPlace, startCommand, type Started } from '../support/started.ts';

let place: Awaited<ReturnType<typeof ownPlace>>;
let database: TestDatabase;
let started: Started;

beforeAll(async () => {
  // Fails with the reason where there is no NATS to be had.
  natsUrl();
  [place, database] = await Promise.all([ownPlace(), createDatabase()]);
  started = startCommand('start:distributed', {
    ...place.environment,
    DATABASE_URL: database.url,
    REPLICAS: 'chat=2',
  });
  await started.untilRunning();
});
afterAll(async () => {
  started.signal('SIGKILL');
  await started.exited;
  await Promise.all([place.remove(), database.drop()]);
});

interface Row {
  readonly label: string;
  readonly pid: number;
  readonly healthPort: number;
}

const table = (): Row[] =>
  [...started.output().matchAll(/^ {2}([a-z]+(?: \d)?) +(\d+) +(\d+)/gm)].map(([, label = '', pid, port]) => ({
    label,
    pid: Number(pid),
    healthPort: Number(port),
  }));

const isReady = async ({ healthPort }: Row): Promise<boolean> =>
  fetch(`http://127.0.0.1:${healthPort}/health/ready`).then(
    ({ status }) => status === 200,
    () => false,
  );

test('runs a process a service, as many of each as REPLICAS says, each with its own health address', async () => {
  const rows = table();
  expect(rows.map(({ label }) => label)).toEqual([
    'gateway',
    'provisioning',
    'knowledge',
    'chat 1',
    'chat 2',
    'memory',
  ]);
  expect(new Set(rows.map(({ pid }) => pid)).size).toBe(6);
  for (const row of rows) expect(await isReady(row)).toBe(true);
});

test('a process that dies is started again, and that is said', async () => {
  const victim = table().find(({ label }) => label === 'chat 1')!;
  process.kill(victim.pid, 'SIGKILL');
  await eventually(
    () => started.output().includes('chat 1') && /chat 1 +ended \(SIGKILL\)/.test(started.output()),
    10_000,
  );
  await eventually(() => isReady(victim), 30_000);
});

test('Ctrl-C ends all of them within 15 s', async () => {
  const pids = table().map(({ pid }) => pid);
  const before = performance.now();
  started.signal('SIGINT');
  expect(await started.exited).toBe(0);
  expect(performance.now() - before).toBeLessThan(15_000);
  expect(pids.filter(isAlive)).toEqual([]);
});
