import type { AgentSettings } from '../client.ts';
import { afterMissing } from './setbacks.ts';
import type { Step, StepDeps } from './step.ts';

/** Facts rather than invention: hardly any chance in the wording, citations always, and the cloud's own limit of length. */
const agentSettings: AgentSettings = {
  temperature: 0.1,
  max_tokens: 512,
  k: 10,
  retrieval_method: 'RETRIEVAL_METHOD_NONE',
  provide_citations: true,
};

/** The settings that creation does not take. May be repeated. */
export const configureAgent =
  (deps: StepDeps): Step =>
  async (saga, signal) => {
    if (saga.agentUuid === null) return { signal: 'agent_lost' };
    const agent = await deps.gradient.configureAgent(saga.agentUuid, agentSettings, signal);
    if (agent === null) return afterMissing(deps)(saga, signal);
    return { signal: 'configured', changes: { deploymentStatus: agent.status } };
  };
