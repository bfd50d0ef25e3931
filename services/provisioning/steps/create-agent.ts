import { agentCreated } from '../../../shared/contracts/provisioning.ts';
import { isOfAnotherInstallation } from '../../../shared/gradient/installation.ts';
import type { CloudAgent } from '../client.ts';
import { agentNameOf, deploymentVerdict, isAgentOf } from '../domain.ts';
import { agentInstruction } from '../instruction.ts';
import { saveAgent } from '../store/agents.ts';
import type { ClaimedSaga } from '../store/sagas.ts';
import { createOnce } from './create-once.ts';
import type { Outcome, Step, StepDeps } from './step.ts';

/** An agent in the cloud, made or adopted, its id stored. */
export const createAgent =
  (deps: StepDeps): Step =>
  async (saga) => {
    const { config, gradient } = deps;
    if (saga.agentUuid !== null) return { signal: 'agent_found' };
    // Asked before the intent, so that a cloud without models leaves no open one.
    const modelUuid = await gradient.modelUuid();
    const installationTag = await deps.installationTag();
    return createOnce(deps)<CloudAgent>(saga, {
      lookUp: async () => {
        const agents = await gradient.findAgents((name) => isAgentOf(saga.domainId, name));
        return agents.find(
          (agent) => deploymentVerdict(agent) !== 'lost' && !isOfAnotherInstallation(agent.tags, installationTag),
        );
      },
      create: () =>
        gradient.createAgent({
          name: agentNameOf(config.agentNamePrefix, saga.domainId),
          instruction: agentInstruction(config.instructions, saga.domainName),
          modelUuid,
          description: `Support agent of ${saga.domainName}`,
          tags: ['parley', installationTag, `website:${saga.websiteKey}`],
        }),
      made: agentFound(deps)(saga),
    });
  };

const agentFound =
  ({ messaging }: StepDeps) =>
  (saga: ClaimedSaga) =>
  (agent: CloudAgent): Outcome => ({
    signal: 'agent_found',
    changes: { agentUuid: agent.uuid, deploymentStatus: agent.status, clearsIntent: true, restartsWait: true },
    effects: async (tx) => {
      const { domainId, domainName, websiteKey } = saga;
      await saveAgent(tx, { domainId, domainName, websiteKey, agentUuid: agent.uuid });
      await messaging.emit(tx, agentCreated, { domainId, data: { agent_uuid: agent.uuid } });
    },
  });
