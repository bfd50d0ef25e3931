import { pino } from 'pino';
import { createSimulation, type SimulatedProcess } from '../../../shared/testing/simulation.ts';
import { playTape, type Schedule } from '../../../shared/testing/tape.ts';
import { startAdvancing } from '../advance.ts';
import { loadProvisioningConfig } from '../config.ts';
import { isAgentOf } from '../domain.ts';
import { createSimulatedCloud } from './simulated-cloud.ts';
import { createSimulatedStore } from './simulated-store.ts';

const times = { timeoutMs: 2_000, latestMs: 4_000, lagMs: 1_000, deployMs: 3_000 };
/** What an intent, the latest effect and the lag of a read take together; anything shorter is a hole. */
const settleMs = 1_000 + times.latestMs + times.lagMs;
const processes = 2;
/** Long enough for a check, its second look and the start of a repair. */
const calmMs = 20_000;
/** When people and other programs have done their worst. */
export const disturbedMs = 25_000;
const limitMs = 30 * 60_000;

const settings = {
  GRADIENT_BASE_URL: 'http://127.0.0.1:9',
  GRADIENT_CALL_TIMEOUT_MS: String(times.timeoutMs),
  PROVISIONING_LOST_AFTER_MS: '3000',
  PROVISIONING_CHECK_INTERVAL_MS: '10000',
  PROVISIONING_RETRY_CAP_MS: '4000',
};
const logger = pino({ level: 'silent' });
const installationTag = 'parley-0123456789ab';

/**
 * Several processes of the service work on a few domains: the real worker, saga and steps, in a simulated world. What breaks
 * a promise on the way is collected in `broken`.
 */
export const createSimulatedWorld = (schedule: Schedule, options: { readonly settleMs?: number } = {}) => {
  const tape = playTape(schedule);
  const world = createSimulation(tape, (process) => {
    const fate = tape.pick(150);
    if (fate === 1) die(process);
    if (fate === 2) process.pause(1 + tape.pick(15_000));
  });
  const store = createSimulatedStore(world);
  const cloud = createSimulatedCloud(world, times);
  const config = { ...loadProvisioningConfig(settings), settleMs: options.settleMs ?? settleMs };

  const startProcess = (): void => {
    const process = world.startProcess();
    startAdvancing(
      {
        clock: process.clock,
        config,
        gradient: cloud.for(process),
        installationTag: async () => installationTag,
        logger,
        secrets: { seal: (secret) => secret },
        store: store.for(process),
      },
      () => undefined,
    );
  };
  const die = (process: SimulatedProcess): void => {
    process.kill();
    world.after(500 + tape.random() * 5_000, startProcess);
  };
  for (let index = 0; index < processes; index += 1) startProcess();

  let calmSince = world.now() + disturbedMs;
  const isCalm = (): boolean => {
    const isMoving = [...store.rows.values()].some(({ state }) => state !== 'ready' && state !== 'failed');
    if (isMoving || !tape.isOver()) calmSince = Math.max(calmSince, world.now());
    return world.now() - calmSince > calmMs;
  };
  return {
    tape,
    store,
    cloud,
    after: world.after,
    agentsOf: (domainId: string) => cloud.liveAgents().filter(({ name }) => isAgentOf(domainId, name)),
    /** Runs until every domain has come to rest and stayed there; false when that takes too long. */
    untilCalm: () => world.run(isCalm, limitMs),
  };
};
export type SimulatedWorld = ReturnType<typeof createSimulatedWorld>;
