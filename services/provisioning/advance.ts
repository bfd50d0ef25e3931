import type { DomainState } from '../../shared/contracts/provisioning.ts';
import { failpoint } from '../../shared/runtime/failpoint.ts';
import { withOrigin } from '../../shared/telemetry/origin.ts';
import { inSpan } from '../../shared/telemetry/span.ts';
import { createWorker, type Worker } from '../../shared/work/worker.ts';
import { transition } from './domain.ts';
import { awaitRunning } from './steps/await-running.ts';
import { checkReady } from './steps/check-ready.ts';
import { configureAgent } from './steps/configure-agent.ts';
import { createAgent } from './steps/create-agent.ts';
import { createKey } from './steps/create-key.ts';
import { LeaseLost } from './steps/lease.ts';
import { removeAgent } from './steps/remove-agent.ts';
import { afterFailure } from './steps/setbacks.ts';
import type { Outcome, Step, StepDeps } from './steps/step.ts';
import type { ClaimedSaga } from './store/sagas.ts';

const pollMs = 1_000;
const concurrency = 8;

/**
 * Walks every domain from state to state, one step per claim. Any number of replicas may run it. `onReady` is told when a
 * domain became ready here.
 */
export const startAdvancing = (deps: StepDeps, onReady: () => void): Worker => {
  const { clock, config, logger, store } = deps;
  const steps = stepsOf(deps);
  const worker = createWorker<ClaimedSaga>({
    name: 'provisioning saga',
    clock,
    logger,
    pollMs,
    concurrency,
    // A fresh owner for every claim, so that a step that lost its lease cannot pass for the one that has it now.
    claim: (limit) => store.claim({ owner: clock.newId(), ms: config.leaseMs }, limit),
    run: async (saga, signal) => {
      const attributes = { 'parley.domain_id': saga.domainId, 'parley.attempt': saga.attempt };
      const { state, afterMs } = await withOrigin(saga, () =>
        inSpan(`provisioning ${saga.state}`, attributes, () => advance(deps, steps[saga.state], saga, signal)),
      );
      if (state === 'ready') onReady();
      // A pause shorter than a poll is kept to the point; longer ones may wait for the poll after them.
      if (afterMs > 0 && afterMs < pollMs) worker.wake(afterMs);
    },
  });
  return worker;
};

const stepsOf = (deps: StepDeps): Record<DomainState, Step> => ({
  registered: async () => ({ signal: 'started' }),
  creating_agent: createAgent(deps),
  configuring_agent: configureAgent(deps),
  creating_key: createKey(deps),
  waiting_running: awaitRunning(deps),
  deleting: removeAgent(deps),
  ready: checkReady(deps),
  failed: async () => 'superseded',
});

/** One step and its outcome; tells the state it led to and the rest before the next step. */
const advance = async (
  deps: StepDeps,
  step: Step,
  saga: ClaimedSaga,
  signal: AbortSignal,
): Promise<{ readonly state: DomainState; readonly afterMs: number }> => {
  await failpoint(`provisioning.${saga.state}.before_step`);
  const outcome = await step(saga, signal).catch((thrown: unknown) =>
    thrown instanceof LeaseLost ? 'superseded' : afterFailure(deps)(saga, thrown),
  );
  await failpoint(`provisioning.${saga.state}.after_step`);
  const next =
    outcome === 'superseded' || outcome.signal === undefined ? undefined : transition(saga.state, outcome.signal);
  if (outcome === 'superseded' || !(await save(deps, saga, outcome, next))) {
    deps.logger.info({ domain_id: saga.domainId, state: saga.state }, 'provisioning step superseded');
    await deps.store.release(saga);
    return { state: saga.state, afterMs: 0 };
  }
  await failpoint(`provisioning.${saga.state}.after_commit`);
  if (next !== undefined) {
    deps.logger.info({ domain_id: saga.domainId, from: saga.state, to: next }, 'provisioning moved');
  }
  return { state: next ?? saga.state, afterMs: outcome.afterMs ?? 0 };
};

const save = async (
  { store }: StepDeps,
  saga: ClaimedSaga,
  { afterMs = 0, attempt = saga.attempt + 1, changes = {}, effects = async () => undefined }: Outcome,
  next: DomainState | undefined,
): Promise<boolean> =>
  store.save(
    saga,
    { state: next ?? saga.state, attempt: next === undefined ? attempt : 0, afterMs, changes },
    async (writes) => {
      await effects(writes);
      await failpoint(`provisioning.${saga.state}.before_commit`);
    },
  );
