import { simulateIngestion } from '../../../services/knowledge/testing/simulate-ingestion.ts';
import { simulateSaga } from '../../../services/provisioning/testing/simulate-saga.ts';
import { simulateRelay } from '../../../shared/outbox/testing/simulate-relay.ts';
import { inEverySchedule } from '../../../shared/testing/in-every-schedule.ts';
import type { Schedule } from '../../../shared/testing/tape.ts';
import type { Run, Scenario } from '../scenario.ts';

/** The real code of what must not go wrong, in a world of one thread where a seed decides what happens next. */
export const simulation: Scenario = {
  name: 'F14',
  title: 'registration, ingestion and outbox simulated under as many orders of crashes, pauses and losses',
  isInCi: true,
  sizes: { full: 10_000, quick: 10_000 },
  limitMs: { full: 300_000, quick: 420_000 },
  figures: [
    { name: 'broken', atMost: 0 },
    { name: 'not_run', atMost: 0 },
    { name: 'simulated_seconds', atMost: 60, isOfFullRuns: true },
  ],
  run: async (run) => {
    const startedAt = performance.now();
    const results: Result[] = [];
    for (const part of parts) results.push(await simulate(run, part));
    const schedules = results.reduce((sum, { ran }) => sum + ran, 0);
    const broken = results.filter(({ isBroken }) => isBroken).length;
    return {
      kills: {},
      ok: schedules - broken,
      lost: 0,
      duplicate: 0,
      recovered: 0,
      unexpected: 0,
      broken,
      not_run: Math.max(0, run.n - schedules),
      schedules: Object.fromEntries(results.map(({ part, ran }) => [part.name, ran])),
      simulated_seconds: secondsSince(startedAt),
    };
  },
};

interface Part {
  readonly name: string;
  /** Of all schedules; those of ingestion take the longest. */
  readonly share: number;
  readonly scenario: (schedule: Schedule) => Promise<void>;
  /** Where one schedule is replayed. */
  readonly test: string;
}

const parts: readonly Part[] = [
  { name: 'saga', share: 0.4, scenario: simulateSaga, test: 'services/provisioning/simulation.test.ts' },
  { name: 'ingestion', share: 0.2, scenario: simulateIngestion, test: 'services/knowledge/simulation.test.ts' },
  { name: 'relay', share: 0.4, scenario: simulateRelay, test: 'shared/outbox/relay-simulation.test.ts' },
];

interface Result {
  readonly part: Part;
  readonly ran: number;
  readonly isBroken: boolean;
}

/** One part's share, by chance of its own: the same seed and number give the same schedules. */
const simulate = async ({ n, random, say }: Run, part: Part): Promise<Result> => {
  const startedAt = performance.now();
  let ran = 0;
  const scenario = (schedule: Schedule): Promise<void> => {
    ran += 1;
    return part.scenario(schedule);
  };
  const options = { runs: Math.ceil(n * part.share), seed: random.fork(part.name).between(1, 2 ** 31 - 1) };
  const broken = await inEverySchedule(options, scenario).then(
    () => undefined,
    (thrown: unknown) => (thrown instanceof Error ? thrown.message : String(thrown)),
  );
  if (broken !== undefined) say(`${part.name}: ${broken}\nreplay it in vitest run --project unit ${part.test}`);
  say(`${part.name}: ${ran} schedules in ${secondsSince(startedAt)} s`);
  return { part, ran, isBroken: broken !== undefined };
};

const secondsSince = (startedAt: number): number => Math.round((performance.now() - startedAt) / 100) / 10;
