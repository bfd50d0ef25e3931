import { agentRunning } from '../../../shared/contracts/provisioning.ts';
import { deploymentVerdict, pollMs } from '../domain.ts';
import { saveAgentUrl } from '../store/agents.ts';
import type { ClaimedSaga } from '../store/sagas.ts';
import { afterMissing, lost, refused } from './setbacks.ts';
import type { Outcome, Step, StepDeps } from './step.ts';

/** A deployment that runs and has an address. Slow is not failed, up to the limit. */
export const awaitRunning =
  (deps: StepDeps): Step =>
  async (saga, signal) => {
    const { gradient } = deps;
    if (saga.agentUuid === null) return { signal: 'agent_lost' };
    const agent = await gradient.getAgent(saga.agentUuid, signal);
    if (agent === null) return afterMissing(deps)(saga);
    const verdict = deploymentVerdict(agent);
    if (verdict === 'running' && agent.url !== null) return running(deps)(saga, { ...agent, url: agent.url });
    if (verdict === 'lost') {
      // The second failed one is left for the operator to look at.
      if (!saga.recreated) await gradient.deleteAgent(agent.uuid, signal);
      return lost(deps)(saga, `its deployment ended as ${agent.status}`);
    }
    return waiting(deps)(saga, agent.status);
  };

const running =
  ({ messaging }: StepDeps) =>
  (saga: ClaimedSaga, agent: { readonly uuid: string; readonly status: string; readonly url: string }): Outcome => ({
    signal: 'running',
    changes: { deploymentStatus: agent.status },
    effects: async (tx) => {
      await saveAgentUrl(tx, saga.domainId, agent.url);
      await messaging.emit(tx, agentRunning, {
        domainId: saga.domainId,
        data: { agent_uuid: agent.uuid, agent_url: agent.url },
      });
    },
  });

const waiting =
  (deps: StepDeps) =>
  (saga: ClaimedSaga, status: string): Outcome => {
    const { clock, config } = deps;
    if (saga.waitedMs > config.deployTimeoutMs) {
      const minutes = Math.round(config.deployTimeoutMs / 60_000);
      const detail = `The agent was not running after ${minutes} minutes; the cloud says ${status}`;
      return refused(deps)(saga, { code: 'agent_failed', detail });
    }
    const afterMs = pollMs(saga.attempt, clock.random(), { minMs: config.pollMinMs, maxMs: config.pollMaxMs });
    return { afterMs, changes: { deploymentStatus: status } };
  };
