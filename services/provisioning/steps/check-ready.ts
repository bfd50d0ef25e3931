import { agentRunning } from '../../../shared/contracts/provisioning.ts';
import type { CloudAgent, CloudKey } from '../client.ts';
import { accessKeyName, deploymentVerdict } from '../domain.ts';
import type { ClaimedSaga } from '../store/sagas.ts';
import { lost } from './setbacks.ts';
import type { Outcome, Step, StepDeps } from './step.ts';

/** A ready agent compared with the cloud, now and then: what vanished there is made anew. */
export const checkReady =
  (deps: StepDeps): Step =>
  async (saga, signal) => {
    const { agentUuid, keyUuid } = saga;
    if (agentUuid === null) return lost(deps)(saga, 'it was never stored', signal);
    const agent = await deps.gradient.getAgent(agentUuid, signal);
    const keys = agent === null ? null : await deps.gradient.listKeys(agentUuid, signal);
    if (agent === null || keys === null) {
      return ifStill(deps)(saga, () => lost(deps)(saga, 'the cloud does not know it any more', signal));
    }
    if (deploymentVerdict(agent) === 'lost') {
      return lost(deps)(saga, `its deployment ended as ${agent.status}`, signal);
    }
    if (!keys.some(({ uuid }) => uuid === keyUuid)) return ifStill(deps)(saga, async () => keyVanished(deps, saga));
    return inOrder(deps, saga, { agent, keys });
  };

/** Until the next check: every replica's and every domain's at another moment. */
export const untilCheckMs = ({ clock, config }: Pick<StepDeps, 'clock' | 'config'>): number =>
  Math.round(config.checkIntervalMs * (0.75 + clock.random() / 2));

/** An absence is believed when a second look, a while later, finds the same: lists and reads may lag. */
const ifStill =
  ({ config }: StepDeps) =>
  async (saga: ClaimedSaga, outcome: () => Promise<Outcome>): Promise<Outcome> =>
    saga.attempt > 0 ? outcome() : { afterMs: config.lostAfterMs, attempt: 1 };

const keyVanished = ({ logger }: StepDeps, saga: ClaimedSaga): Outcome => {
  logger.warn({ domain_id: saga.domainId }, 'access key vanished in the cloud: renewing');
  return { signal: 'key_refused', effects: (writes) => writes.dropAccessKey(saga.domainId) };
};

const inOrder = (
  deps: StepDeps,
  { domainId, keyUuid }: ClaimedSaga,
  { agent, keys }: { readonly agent: CloudAgent; readonly keys: readonly CloudKey[] },
): Outcome => ({
  afterMs: untilCheckMs(deps),
  attempt: 0,
  changes: { deploymentStatus: agent.status },
  effects: async (writes) => {
    const missing = await writes.wantMissing(domainId, agent.kbUuids);
    if (missing > 0)
      deps.logger.warn({ domain_id: domainId, missing }, 'bases vanished from the agent: attaching again');
    const strays = keys.filter(({ uuid, name }) => name === accessKeyName && uuid !== keyUuid);
    await writes.noteStrayKeys(agent.uuid, strays);
    if (agent.url !== null && (await writes.saveAgentUrl(domainId, agent.url))) {
      await writes.emit(agentRunning, { domainId, data: { agent_uuid: agent.uuid, agent_url: agent.url } });
    }
  },
});
