import fc from 'fast-check';
import { processEnvironment } from '../runtime/config.ts';
import type { Schedule } from './tape.ts';

interface Schedules {
  /** How many; a machine that is slow takes longer, it does not try less. */
  readonly runs: number;
  /** Chooses them: the same ones for the same seed. */
  readonly seed?: number;
  readonly lengthMax?: number;
}

/**
 * Runs `scenario` under many schedules. Throws at the first one that breaks it, shortened and named in the error;
 * `SIMULATION_REPLAY=<seed>:<length>` runs that one alone.
 */
export const inEverySchedule = async (
  { runs, seed = 1, lengthMax = 600 }: Schedules,
  scenario: (schedule: Schedule) => Promise<void>,
): Promise<void> => {
  const { SIMULATION_REPLAY: replay } = processEnvironment();
  if (replay !== undefined) return scenario(scheduleOf(replay));
  const schedules = fc.record({
    seed: fc.noBias(fc.integer()),
    length: fc.nat({ max: lengthMax }),
  });
  const result = await fc.check(fc.asyncProperty(schedules, scenario), { seed, numRuns: runs });
  if (!result.failed) return;
  const [broken] = result.counterexample ?? [];
  const name = broken === undefined ? 'none' : `${broken.seed}:${broken.length}`;
  const how = `Broken after ${result.numRuns} schedules; replay with SIMULATION_REPLAY=${name}`;
  throw new Error(`${how}\n${String(result.errorInstance)}`, { cause: result.errorInstance });
};

const scheduleOf = (replay: string): Schedule => {
  const [seed, length] = replay.split(':').map(Number);
  if (seed === undefined || length === undefined) throw new Error('SIMULATION_REPLAY: <seed>:<length>');
  return { seed, length };
};
