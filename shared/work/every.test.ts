import { pino } from 'pino';
import { expect, test } from 'vitest';
import { eventually } from '../../tests/support/eventually.ts';
import { systemClock } from '../runtime/clock.ts';
import { every } from './every.ts';

const options = { name: 'test', clock: systemClock, logger: pino({ level: 'silent' }) };

test('work is done at once, and again after a rest, also when it failed', async () => {
  let rounds = 0;
  const timer = every({ ...options, restMs: 1 }, async () => {
    rounds += 1;
    if (rounds === 2) throw new Error('this time not');
  });
  expect(rounds).toBe(1);
  await eventually(() => rounds >= 4);
  await timer.stop();
});

test('stopping ends the rest at once, waits for the round that runs, and begins no other', async () => {
  const resting = every({ ...options, restMs: 3_600_000 }, async () => undefined);
  await resting.stop();

  let rounds = 0;
  let finish = (): void => undefined;
  const working = every({ ...options, restMs: 0 }, async () => {
    rounds += 1;
    await new Promise<void>((resolve) => (finish = resolve));
  });
  let hasStopped = false;
  const stopping = working.stop().then(() => (hasStopped = true));
  await Promise.resolve();
  expect(hasStopped).toBe(false);
  finish();
  await stopping;
  expect(rounds).toBe(1);
});
