import { describe, expect, test } from 'vitest';
import { inEverySchedule } from './in-every-schedule.ts';
import { callRemote } from './remote-call.ts';
import { createSimulation, type SimulatedProcess, type Simulation } from './simulation.ts';
import { playTape, type Schedule } from './tape.ts';

const kind: Schedule = { seed: 7, length: 0 };
const callOf = <T>(effect: () => T) => ({
  effect,
  timeoutMs: 1_000,
  latestMs: 3_000,
  oneIn: 2,
  failureOf: (loss: string) => new Error(loss),
});

/** Counts up in a register far away until it has seen ten answers; every answer and loss is told. */
const counting = async (world: Simulation, process: SimulatedProcess, told: string[], register: { value: number }) => {
  for (let answers = 0; answers < 10;) {
    try {
      told.push(
        `${world.now()} ${await callRemote(
          world,
          process,
          callOf(() => (register.value += 1)),
        )}`,
      );
      answers += 1;
    } catch (thrown) {
      told.push(`${world.now()} ${String(thrown)}`);
    }
    await process.clock.sleep(100);
  }
  told.push('done');
};

const tell = async (schedule: Schedule): Promise<{ readonly told: readonly string[]; readonly value: number }> => {
  const world = createSimulation(playTape(schedule), (process, tape) => {
    if (tape.pick(20) === 1) process.pause(5_000);
  });
  const told: string[] = [];
  const register = { value: 0 };
  void counting(world, world.startProcess(), told, register);
  expect(await world.run(() => told.includes('done'), 600_000)).toBe(true);
  return { told, value: register.value };
};

describe('a simulated world', () => {
  test('the same schedule gives the same run, another one another', async () => {
    const schedule = { seed: 3, length: 50 };
    expect(await tell(schedule)).toEqual(await tell(schedule));
    expect(await tell({ seed: 4, length: 50 })).not.toEqual(await tell(schedule));
  });

  test('is kind once its tape has run out', async () => {
    const { told, value } = await tell(kind);
    expect(value).toBe(10);
    expect(told.filter((line) => line.includes('Error'))).toEqual([]);
  });

  test('lets calls take effect although their caller was told of a loss, and late', async () => {
    const runs = await Promise.all(Array.from({ length: 30 }, (_, seed) => tell({ seed, length: 40 })));
    const losses = runs.flatMap(({ told }) => told).filter((line) => line.includes('Error')).length;
    const hidden = runs.reduce((sum, { value }) => sum + value - 10, 0);
    expect(losses).toBeGreaterThan(hidden);
    expect(hidden).toBeGreaterThan(0);
  });

  test('a killed process does nothing more, while what it sent still takes effect', async () => {
    const world = createSimulation(playTape(kind));
    const process = world.startProcess();
    let effects = 0;
    let answers = 0;
    void callRemote(
      world,
      process,
      callOf(() => (effects += 1)),
    ).then(() => (answers += 1));
    process.kill();
    await world.run(() => false, 10_000);
    expect({ effects, answers }).toEqual({ effects: 1, answers: 0 });
  });

  test('a paused process goes on later, with all that came due meanwhile', async () => {
    const world = createSimulation(playTape(kind));
    const process = world.startProcess();
    const startedAt = world.now();
    const seen: number[] = [];
    void process.clock.sleep(10).then(() => seen.push(world.now() - startedAt));
    process.pause(500);
    await world.run(() => seen.length > 0, 10_000);
    expect(seen).toEqual([500]);
  });
});

test('a broken promise is named by its shortest schedule', async () => {
  const broken = inEverySchedule({ runs: 50, lengthMax: 100 }, async ({ length }) => {
    if (length >= 30) throw new Error('broken');
  });
  await expect(broken).rejects.toThrow(/SIMULATION_REPLAY=-?\d+:30\n/);
});
