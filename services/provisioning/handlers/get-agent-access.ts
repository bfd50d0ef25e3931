import type { Call, Handler } from '../../../shared/bus/port.ts';
import { domainState, type DomainState, type getAgentAccess } from '../../../shared/contracts/provisioning.ts';
import { sha256Hex } from '../../../shared/crypto/hash.ts';
import { Failure } from '../../../shared/errors/failure.ts';
import { progressOf } from '../domain.ts';
import {
  accessKeyPlace,
  dropAccessKey,
  lockAgentAccess,
  readAgentAccess,
  type AgentAccessRow,
} from '../store/agents.ts';
import { signalSaga } from '../store/sagas.ts';
import type { HandlerDeps } from './deps.ts';

const newKeyWaitMs = 5_000;
const newKeyPollMs = 100;
/** Left of the caller's time for the answer to travel. */
const answerMarginMs = 300;

/**
 * The agent's endpoint and its key. When `stale_key_hash` is the hash of the present key, that key is dropped and one new
 * key is made, however many callers say so at once; the answer waits for it up to 5 s. Throws `agent_deploying` (retryable,
 * with `deployment_state`, `deployment_status` and `progress`), `agent_failed`, `agent_unavailable` for a key that was
 * refused when it had just been made, and `domain_unknown`.
 */
export const handleGetAgentAccess =
  (deps: HandlerDeps): Handler<typeof getAgentAccess> =>
  async ({ domain_id, stale_key_hash }, call) => {
    const access = await requireAccess(deps, domain_id);
    if (stale_key_hash === undefined) return answerOf(deps, domain_id, access);
    if (presentKeyHash(deps, domain_id, access) === stale_key_hash) await refuseKey(deps, domain_id, stale_key_hash);
    return answerOf(deps, domain_id, await untilSettled(deps, domain_id, call));
  };

const requireAccess = async ({ database }: HandlerDeps, domainId: string): Promise<AgentAccessRow> => {
  const access = await database.run((client) => readAgentAccess(client, domainId));
  if (access === undefined) throw new Failure('domain_unknown');
  return access;
};

const answerOf = ({ clock, secrets }: HandlerDeps, domainId: string, access: AgentAccessRow) => {
  const { agentUuid, agentUrl, kbUuids, sealedKey } = access;
  const state = domainState.parse(access.state);
  if (state === 'ready' && agentUuid !== null && agentUrl !== null && sealedKey !== null) {
    return {
      agent_uuid: agentUuid,
      endpoint: agentUrl,
      access_key: secrets.open(sealedKey, accessKeyPlace(domainId)),
      knowledge_base_uuids: [...(kbUuids ?? [])],
    };
  }
  if (state === 'failed') throw new Failure('agent_failed', { detail: access.failureDetail ?? 'The agent failed' });
  if (state === 'deleting') throw new Failure('agent_failed', { detail: 'The domain is being removed' });
  throw new Failure('agent_deploying', {
    retryAfterMs: Math.round(2_000 + 3_000 * clock.random()),
    extensions: deploymentOf(state, access.deploymentStatus),
  });
};

const deploymentOf = (state: DomainState, status: string | null) => ({
  deployment_state: state,
  deployment_status: status ?? 'STATUS_UNKNOWN',
  progress: progressOf[state],
});

const presentKeyHash = ({ secrets }: HandlerDeps, domainId: string, access: AgentAccessRow): string | undefined =>
  access.sealedKey === null ? undefined : sha256Hex(secrets.open(access.sealedKey, accessKeyPlace(domainId)));

/** The saga's row lock decides which of several callers drops the key; the others find it dropped. */
const refuseKey = async (deps: HandlerDeps, domainId: string, staleHash: string): Promise<void> => {
  await deps.messaging.transaction(async (tx) => {
    const access = await lockAgentAccess(tx, domainId);
    if (access?.state !== 'ready' || presentKeyHash(deps, domainId, access) !== staleHash) return;
    if (access.stateAgeMs < deps.config.keyRenewalMinMs) {
      // A fresh key may not be known everywhere yet; another one would only start the wait again.
      throw new Failure('agent_unavailable', { retryAfterMs: deps.config.keyRenewalMinMs - access.stateAgeMs });
    }
    await dropAccessKey(tx, domainId);
    await signalSaga(tx, domainId, 'key_refused');
    deps.logger.warn({ domain_id: domainId }, 'access key refused by the agent: renewing');
  });
  deps.wake();
};

/** The access once its key is made, or as it stands when the time is up. */
const untilSettled = async (deps: HandlerDeps, domainId: string, call: Call): Promise<AgentAccessRow> => {
  const { clock } = deps;
  const until = Math.min(clock.now() + newKeyWaitMs, call.deadlineAt - answerMarginMs);
  for (;;) {
    const access = await requireAccess(deps, domainId);
    const isMoving = access.state === 'creating_key' || access.state === 'waiting_running';
    if (!isMoving || clock.now() >= until || call.signal.aborted) return access;
    await clock.sleep(newKeyPollMs, call.signal);
  }
};
