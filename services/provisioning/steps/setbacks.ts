import { agentFailed } from '../../../shared/contracts/provisioning.ts';
import { toFailure, type Failure } from '../../../shared/errors/failure.ts';
import { upstreamStatusOf } from '../../../shared/http/status.ts';
import { backoffMs, transition } from '../domain.ts';
import type { ClaimedSaga } from '../store/sagas.ts';
import { requireLease } from './lease.ts';
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
    return isRefusal(failure) && transition(saga.state, 'refused') !== undefined
      ? refused(saga, { code: failure.code, detail: refusalWords(failure) })
      : again(deps)(saga, failure.retryAfterMs);
  };

/**
 * Another try after a pause that grows with the attempts. When the cloud, or what guards it on our side, said when to come
 * back, that counts and no attempt is used up.
 */
export const again =
  ({ clock, config }: StepDeps) =>
  (saga: ClaimedSaga, retryAfterMs?: number): Outcome => {
    const pauseMs = backoffMs(saga.attempt, clock.random(), { baseMs: 500, capMs: config.retryCapMs });
    if (saga.state === 'ready') {
      const pauseMs = Math.min(checkPauseMs, config.checkIntervalMs);
      return { afterMs: pauseMs * (0.5 + clock.random() / 2), attempt: saga.attempt };
    }
    return retryAfterMs === undefined
      ? { afterMs: pauseMs }
      : { afterMs: Math.max(retryAfterMs, pauseMs), attempt: saga.attempt };
  };

/** A check has time. */
const checkPauseMs = 60_000;

/** The end of the line until an operator retries. */
export const refused = (saga: ClaimedSaga, failure: { readonly code: string; readonly detail: string }): Outcome => ({
  signal: 'refused',
  changes: { failure },
  effects: async (writes) => writes.emit(agentFailed, { domainId: saga.domainId, data: failure }),
});

/** The cloud does not know our agent. Believed only when the agent is old enough to be known everywhere. */
export const afterMissing =
  (deps: StepDeps) =>
  async (saga: ClaimedSaga, signal: AbortSignal): Promise<Outcome> =>
    saga.agentAgeMs < deps.config.lostAfterMs
      ? again(deps)(saga)
      : lost(deps)(saga, 'the cloud does not know it any more', signal);

/**
 * The agent is of no use: made anew the first time, a failure the second. From here on it is never used again, so that
 * deleting it can be repeated and may take effect late.
 */
export const lost =
  (deps: StepDeps) =>
  async (saga: ClaimedSaga, reason: string, signal: AbortSignal): Promise<Outcome> => {
    deps.logger.warn({ domain_id: saga.domainId, agent_uuid: saga.agentUuid, reason }, 'agent lost');
    const changes = { agentUuid: null, lostAgentUuid: saga.agentUuid, deploymentStatus: null, clearsIntent: true };
    if (!saga.recreated || saga.state === 'ready') {
      return {
        signal: 'agent_lost',
        changes: { ...changes, recreated: true },
        effects: (writes) => writes.forgetAgent(saga.domainId),
      };
    }
    if (saga.agentUuid !== null) {
      await requireLease(deps, saga);
      await deps.gradient.deleteAgent(saga.agentUuid, signal);
    }
    const detail = `The agent could not be deployed, twice: ${reason}`;
    const failed = refused(saga, { code: 'agent_failed', detail });
    return {
      ...failed,
      changes: { ...failed.changes, ...changes },
      effects: async (writes) => {
        await writes.forgetAgent(saga.domainId);
        await failed.effects?.(writes);
      },
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
