import fc from 'fast-check';
import { processEnvironment } from '../runtime/config.ts';
import type { Schedule } from './tape.ts';

/** A machine that is slow or busy runs fewer schedules rather than for longer. */
const limitMs = 15_000;

/**
 * Runs `scenario` under many schedules, the same ones each time, for 15 s at the most. A broken one is shortened and named in the error;
 * `SIMULATION_REPLAY=<seed>:<length>` runs that one alone, `SIMULATION_SEED` tries others and `SIMULATION_RUNS` more.
 */
export const inEverySchedule = async (
  options: { readonly runs: number; readonly lengthMax: number },
  scenario: (schedule: Schedule) => Promise<void>,
): Promise<void> => {
  const { SIMULATION_REPLAY: replay, SIMULATION_SEED: seed, SIMULATION_RUNS: runs } = processEnvironment();
  if (replay !== undefined) return scenario(scheduleOf(replay));
  const schedules = fc.record({
    seed: fc.noBias(fc.integer()),
    length: fc.nat({ max: options.lengthMax }),
  });
  const result = await fc.check(fc.asyncProperty(schedules, scenario), {
    seed: Number(seed ?? 1),
    numRuns: Number(runs ?? options.runs),
    ...(runs === undefined ? { interruptAfterTimeLimit: limitMs } : {}),
  });
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
