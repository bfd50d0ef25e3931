import { pino } from 'pino';
import { createSimulation, type SimulatedProcess } from '../../../shared/testing/simulation.ts';
import { playTape, type Schedule } from '../../../shared/testing/tape.ts';
import { startBaseWorker } from '../base-worker.ts';
import { cloudTimes, createSimulatedCloud } from './simulated-cloud.ts';
import { createSimulatedStore } from './simulated-store.ts';

/** What an intent, the latest effect and the lag of a read take together; anything shorter is a hole. */
const safeSettleMs = 1_000 + cloudTimes.latestMs + cloudTimes.lagMs;
const processes = 2;
/** When people and other programs have done their worst. */
export const disturbedMs = 15_000;
/** Long enough for a lease to end, a check, its confirmations and the start of a repair. */
const calmMs = 45_000;
const limitMs = 60 * 60_000;
const logger = pino({ level: 'silent' });

/** Several processes of the service carry documents of a few domains: the real worker and steps, in a simulated world. */
export const createSimulatedWorld = (schedule: Schedule, { settleMs = safeSettleMs } = {}) => {
  const tape = playTape(schedule);
  const world = createSimulation(tape, (process) => {
    const fate = tape.pick(150);
    if (fate === 1) die(process);
    if (fate === 2) process.pause(1 + tape.pick(15_000));
  });
  const untrue: string[] = [];
  const cloud = createSimulatedCloud(world);
  const store = createSimulatedStore(world, {
    onIndexed: (base, document) => {
      if (!cloud.hasIndexed(base.kbUuid, document.storedName)) untrue.push(document.id);
    },
  });
  const startProcess = (): void => {
    const process = world.startProcess();
    startBaseWorker({
      clock: process.clock,
      config: { settleMs, pollMinMs: 300, pollMaxMs: 2_000, checkMs: 8_000 },
      cloud: cloud.for(process),
      logger,
      store: store.for(process),
    });
  };
  const die = (process: SimulatedProcess): void => {
    process.kill();
    world.after(500 + tape.random() * 5_000, startProcess);
  };
  for (let index = 0; index < processes; index += 1) startProcess();

  let calmSince = world.now() + disturbedMs;
  const isCalm = (): boolean => {
    const isMoving =
      [...store.bases.values()].some(
        ({ attachedAt, kbUuid, state }) =>
          !(state === 'indexed' && attachedAt !== null) && !(state === 'failed' && kbUuid === null),
      ) || [...store.documents.values()].some(({ state }) => state !== 'indexed' && state !== 'failed');
    if (isMoving || !tape.isOver()) calmSince = Math.max(calmSince, world.now());
    return world.now() - calmSince > calmMs;
  };
  return {
    tape,
    cloud,
    store,
    /** Documents that were called indexed while the cloud had not indexed them. */
    untrue,
    after: world.after,
    /** Runs until every document and base has come to rest and stayed there; false when that takes too long. */
    untilCalm: () => world.run(isCalm, limitMs),
  };
};
export type SimulatedWorld = ReturnType<typeof createSimulatedWorld>;
