import { expect, test } from 'vitest';
import { inEverySchedule } from '../../shared/testing/in-every-schedule.ts';
import { simulateIngestion } from './testing/simulate-ingestion.ts';

// F14 (tests/faults) runs thousands.
test('under every schedule of crashes, pauses and a lying network, each document ends indexed once or failed', async () => {
  await inEverySchedule({ runs: 200 }, simulateIngestion);
}, 180_000);

// The simulation has teeth: without the settle window an answer that was lost is a base too many.
test('without the settle window the promise is broken', async () => {
  const unsettled = inEverySchedule({ runs: 500 }, (schedule) => simulateIngestion(schedule, { settleMs: 0 }));
  await expect(unsettled).rejects.toThrow(/SIMULATION_REPLAY/);
}, 180_000);
