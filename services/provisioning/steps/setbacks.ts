import { agentFailed } from '../../../shared/contracts/provisioning.ts';
import { toFailure, type Failure } from '../../../shared/errors/failure.ts';
import { upstreamStatusOf } from '../../../shared/http/status.ts';
import { backoffMs } from '../domain.ts';
import { forgetAgent } from '../store/agents.ts';
import type { ClaimedSaga } from '../store/sagas.ts';
import type { Outcome, StepDeps } from './step.ts';

/** What a thrown value means for the saga: a definite refusal fails it, everything else is tried again later. */
export const afterFailure =
  (deps: StepDeps) =>
  (saga: ClaimedSaga, thrown: unknown): Outcome => {
    const failure = toFailure(thrown);
    deps.logger.warn(
      { err: failure, domain_id: saga.domainId, state: saga.state, attempt: saga.attempt },
      'provisioning step did not succeed',
    );
    return isRefusal(failure) && saga.state !== 'deleting'
      ? refused(deps)(saga, { code: failure.code, detail: refusalWords(failure) })
      : again(deps)(saga, failure.retryAfterMs);
  };

/** Another try after a pause that grows with the attempts, and never before the cloud said. */
export const again =
  ({ clock, config }: StepDeps) =>
  (saga: ClaimedSaga, atLeastMs = 0): Outcome => ({
    afterMs: Math.max(atLeastMs, backoffMs(saga.attempt, clock.random(), { baseMs: 500, capMs: config.retryCapMs })),
  });

/** The end of the line until an operator retries. */
export const refused =
  ({ messaging }: StepDeps) =>
  (saga: ClaimedSaga, failure: { readonly code: string; readonly detail: string }): Outcome => ({
    signal: 'refused',
    changes: { failure },
    effects: async (tx) => messaging.emit(tx, agentFailed, { domainId: saga.domainId, data: failure }),
  });

/** The cloud does not know our agent. Believed only when the agent is old enough to be known everywhere. */
export const afterMissing =
  (deps: StepDeps) =>
  (saga: ClaimedSaga): Outcome =>
    saga.waitedMs < deps.config.lostAfterMs
      ? again(deps)(saga)
      : lost(deps)(saga, 'the cloud does not know it any more');

/** The agent is of no use: made anew the first time, a failure the second. */
export const lost =
  (deps: StepDeps) =>
  (saga: ClaimedSaga, reason: string): Outcome => {
    deps.logger.warn({ domain_id: saga.domainId, agent_uuid: saga.agentUuid, reason }, 'agent lost');
    if (saga.recreated) {
      return refused(deps)(saga, { code: 'agent_failed', detail: `The agent could not be deployed, twice: ${reason}` });
    }
    return {
      signal: 'agent_lost',
      changes: { agentUuid: null, deploymentStatus: null, recreated: true, clearsIntent: true },
      effects: (tx) => forgetAgent(tx, saga.domainId),
    };
  };

const isRefusal = (failure: Failure): boolean =>
  failure.code === 'cloud_refused' || failure.code === 'cloud_credential_invalid';

const refusalWords = (failure: Failure): string => {
  const status = upstreamStatusOf(failure);
  if (status === undefined) return failure.detail;
  if (status === 401) return 'The cloud refused our credential (HTTP 401): check DIGITALOCEAN_TOKEN';
  if (status === 403) return 'The cloud forbids this (HTTP 403): check the scopes of DIGITALOCEAN_TOKEN';
  return `The cloud refused the request (HTTP ${status}): check DIGITALOCEAN_PROJECT_ID, DIGITALOCEAN_AI_MODEL_ID and DIGITALOCEAN_REGION`;
};
