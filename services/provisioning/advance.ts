import type { DomainState } from '../../shared/contracts/provisioning.ts';
import { inSpan } from '../../shared/telemetry/span.ts';
import { createWorker, type Worker } from '../../shared/work/worker.ts';
import { transition } from './domain.ts';
import { awaitRunning } from './steps/await-running.ts';
import { configureAgent } from './steps/configure-agent.ts';
import { createAgent } from './steps/create-agent.ts';
import { createKey } from './steps/create-key.ts';
import { removeAgent } from './steps/remove-agent.ts';
import { afterFailure } from './steps/setbacks.ts';
import type { Outcome, Step, StepDeps } from './steps/step.ts';
import { claimSagas, releaseLease, saveStep, type ClaimedSaga } from './store/sagas.ts';

const pollMs = 1_000;
const concurrency = 8;

/** Walks every domain from state to state, one step per claim. Any number of replicas may run it. */
export const startAdvancing = (deps: StepDeps): Worker => {
  const { clock, config, database, logger } = deps;
  const steps = stepsOf(deps);
  return createWorker({
    name: 'provisioning saga',
    clock,
    logger,
    pollMs,
    concurrency,
    // A fresh owner for every claim, so that a step that lost its lease cannot pass for the one that has it now.
    claim: (limit) => database.run((client) => claimSagas(client, { owner: clock.newId(), ms: config.leaseMs }, limit)),
    run: async (saga, signal) => {
      const attributes = { 'parley.domain_id': saga.domainId, 'parley.attempt': saga.attempt };
      await inSpan(`provisioning ${saga.state}`, attributes, () => advance(deps, steps[saga.state], saga, signal));
    },
  });
};

const stepsOf = (deps: StepDeps): Record<DomainState, Step> => ({
  registered: async () => ({ signal: 'started' }),
  creating_agent: createAgent(deps),
  configuring_agent: configureAgent(deps),
  creating_key: createKey(deps),
  waiting_running: awaitRunning(deps),
  deleting: removeAgent(deps),
  ready: async () => 'superseded',
  failed: async () => 'superseded',
});

const advance = async (deps: StepDeps, step: Step, saga: ClaimedSaga, signal: AbortSignal): Promise<void> => {
  const outcome = await step(saga, signal).catch((thrown: unknown) => afterFailure(deps)(saga, thrown));
  if (outcome === 'superseded' || !(await save(deps, saga, outcome))) {
    deps.logger.info({ domain_id: saga.domainId, state: saga.state }, 'provisioning step superseded');
    await deps.database.run((client) => releaseLease(client, saga));
  }
};

const save = async (deps: StepDeps, saga: ClaimedSaga, outcome: Outcome): Promise<boolean> => {
  const { afterMs = 0, changes = {}, effects, signal } = outcome;
  const next = signal === undefined ? undefined : transition(saga.state, signal);
  const saved = await deps.messaging.transaction(async (tx) => {
    const attempt = next === undefined ? saga.attempt + 1 : 0;
    if (!(await saveStep(tx, saga, { state: next ?? saga.state, attempt, afterMs, changes }))) return false;
    await effects?.(tx);
    return true;
  });
  if (saved && next !== undefined) {
    deps.logger.info({ domain_id: saga.domainId, from: saga.state, to: next, signal }, 'provisioning moved');
  }
  return saved;
};
