import { describe, expect, test } from 'vitest';
import { inEverySchedule } from '../testing/in-every-schedule.ts';
import type { RelayStore } from './relay-rows.ts';
import { simulateRelay } from './testing/simulate-relay.ts';

// F14 (tests/faults) runs thousands.
test('under every schedule of crashes, pauses, clock jumps and a lying network, each row is sent, in its order', async () => {
  await inEverySchedule({ runs: 300 }, (schedule) => simulateRelay(schedule));
}, 120_000);

// The simulation has teeth.
describe('the promise is broken', () => {
  const broken = (amended: (store: RelayStore) => RelayStore) =>
    expect(inEverySchedule({ runs: 300 }, (schedule) => simulateRelay(schedule, amended))).rejects;

  test('by marking before publishing', async () => {
    await broken((store) => ({
      ...store,
      claim: async () => {
        const rows = await store.claim();
        const [first] = rows;
        if (first !== undefined)
          await store.markSent(
            first.claim,
            rows.map(({ id }) => id),
          );
        return rows;
      },
    })).toThrow(/called sent that were never handed over/);
  }, 120_000);

  test('by publishing the rows of a sequence side by side', async () => {
    await broken((store) => ({
      ...store,
      claim: async () => (await store.claim()).map((row) => ({ ...row, ordered_by: null })),
    })).toThrow(/in the order of their commits/);
  }, 120_000);

  test('by forgetting what a lost store held', async () => {
    await broken((store) => ({ ...store, oweAgain: async () => ({ owed: 0, last: undefined }) })).toThrow(
      /does not hold in the end/,
    );
  }, 120_000);
});
