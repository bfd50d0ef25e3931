import { agentRunning } from '../../../shared/contracts/provisioning.ts';
import { deploymentVerdict, pollMs } from '../domain.ts';
import type { ClaimedSaga } from '../store/sagas.ts';
import { untilCheckMs } from './check-ready.ts';
import { afterMissing, lost, refused } from './setbacks.ts';
import type { Outcome, Step, StepDeps } from './step.ts';

/** A deployment that runs and has an address. Slow is not failed, up to the limit. */
export const awaitRunning =
  (deps: StepDeps): Step =>
  async (saga, signal) => {
    if (saga.agentUuid === null) return { signal: 'agent_lost' };
    const agent = await deps.gradient.getAgent(saga.agentUuid, signal);
    if (agent === null) return afterMissing(deps)(saga, signal);
    const verdict = deploymentVerdict(agent);
    if (verdict === 'running' && agent.url !== null) return running(deps)(saga, { ...agent, url: agent.url });
    if (verdict === 'lost') return lost(deps)(saga, `its deployment ended as ${agent.status}`, signal);
    return waiting(deps)(saga, agent.status);
  };

const running =
  (deps: StepDeps) =>
  (saga: ClaimedSaga, agent: { readonly uuid: string; readonly status: string; readonly url: string }): Outcome => ({
    signal: 'running',
    afterMs: untilCheckMs(deps),
    // An agent that ran and is lost later is one more to be made anew once.
    changes: { deploymentStatus: agent.status, recreated: false },
    effects: async (writes) => {
      const data = { agent_uuid: agent.uuid, agent_url: agent.url };
      await writes.saveAgentUrl(saga.domainId, agent.url);
      await writes.emit(agentRunning, { domainId: saga.domainId, data });
    },
  });

const waiting =
  (deps: StepDeps) =>
  (saga: ClaimedSaga, status: string): Outcome => {
    const { clock, config } = deps;
    const deployWaitedMs = saga.deployWaitedMs + Math.min(saga.sinceOutcomeMs, 2 * config.pollMaxMs);
    if (deployWaitedMs > config.deployTimeoutMs) {
      const minutes = Math.round(config.deployTimeoutMs / 60_000);
      const detail = `The agent was not running after ${minutes} minutes; the cloud says ${status}`;
      return refused(saga, { code: 'agent_failed', detail });
    }
    const afterMs = pollMs(saga.attempt, clock.random(), { minMs: config.pollMinMs, maxMs: config.pollMaxMs });
    return { afterMs, changes: { deploymentStatus: status, deployWaitedMs } };
  };
