import { pino } from 'pino';
import { expect, onTestFinished, test } from 'vitest';
import { eventually } from '../../tests/support/eventually.ts';
import { systemClock } from '../runtime/clock.ts';
import { createWorker } from './worker.ts';

const anHour = 3_600_000;

/** A worker over rows in memory that are run until they are told to end. */
const start = (rows: string[], concurrency: number) => {
  const claims: number[] = [];
  const running = new Map<string, () => void>();
  const ended: string[] = [];
  const worker = createWorker<string>({
    name: 'test',
    clock: systemClock,
    logger: pino({ level: 'silent' }),
    pollMs: anHour,
    concurrency,
    claim: async (limit) => {
      claims.push(limit);
      return rows.splice(0, limit);
    },
    run: async (row) => {
      await new Promise<void>((resolve) => running.set(row, resolve));
      ended.push(row);
      if (row.startsWith('bad')) throw new Error('this one not');
    },
  });
  const endAll = (): void => running.forEach((end) => end());
  onTestFinished(async () => {
    endAll();
    await worker.stop();
  });
  return { worker, claims, running, ended, endAll };
};

test('runs as many rows side by side as it may, and the next ones when those end, also with an error', async () => {
  const { running, ended, endAll } = start(['bad 1', 'b', 'c'], 2);
  await eventually(() => running.size === 2);
  endAll();
  await eventually(() => running.has('c'));
  expect(ended).toEqual(['bad 1', 'b']);
});

test('rows that end together, and wake-ups that come together, cost one claim', async () => {
  const { worker, claims, running, endAll } = start(['a', 'b', 'c', 'd'], 4);
  await eventually(() => running.size === 4);
  expect(claims).toEqual([4]);
  endAll();
  for (let wake = 0; wake < 100; wake += 1) worker.wake();
  await eventually(() => claims.length > 1);
  expect(claims).toEqual([4, 4]);
});

test('a row that becomes due later is looked for then, long before the next poll', async () => {
  const rows: string[] = [];
  const { worker, claims, running } = start(rows, 1);
  await eventually(() => claims.length === 1);
  rows.push('late');
  worker.wake(30);
  await eventually(() => running.has('late'));
});

test('stops after what runs has ended', async () => {
  const { worker, running, ended, endAll } = start(['a'], 1);
  await eventually(() => running.size === 1);
  const stopped = worker.stop();
  endAll();
  await stopped;
  expect(ended).toEqual(['a']);
});
