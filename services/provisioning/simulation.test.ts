import { expect, test } from 'vitest';
import { inEverySchedule } from '../../shared/testing/in-every-schedule.ts';
import { simulateSaga } from './testing/simulate-saga.ts';

// F14 (tests/faults) runs thousands.
test('under every schedule of crashes, pauses and a lying network, each domain ends with one agent and one key', async () => {
  await inEverySchedule({ runs: 300 }, simulateSaga);
}, 120_000);

// The simulation has teeth: without the settle window an answer that was lost is an agent or a key too many.
test('without the settle window the promise is broken', async () => {
  const unsettled = inEverySchedule({ runs: 500 }, (schedule) => simulateSaga(schedule, { settleMs: 0 }));
  await expect(unsettled).rejects.toThrow(/SIMULATION_REPLAY/);
}, 120_000);
