import { agentCreated } from '../../../shared/contracts/provisioning.ts';
import { isOfAnotherInstallation } from '../../../shared/gradient/installation.ts';
import type { CloudAgent } from '../client.ts';
import { agentNameOf, deploymentVerdict, isAgentOf } from '../domain.ts';
import { agentInstruction } from '../instruction.ts';
import type { ClaimedSaga } from '../store/sagas.ts';
import { createOnce } from './create-once.ts';
import { requireLease } from './lease.ts';
import type { Outcome, Step, StepDeps } from './step.ts';

/** An agent in the cloud, made or adopted, its id stored; the one that was lost before is deleted first. */
export const createAgent =
  (deps: StepDeps): Step =>
  async (saga, signal) => {
    const { config, gradient } = deps;
    if (saga.agentUuid !== null) return { signal: 'agent_found' };
    if (saga.lostAgentUuid !== null) await gradient.deleteAgent(saga.lostAgentUuid, signal);
    // Asked before the intent, so that a cloud without models leaves no open one.
    const modelUuid = await gradient.modelUuid();
    const installationTag = await deps.installationTag();
    return createOnce(deps)<CloudAgent>(saga, {
      lookUp: () => adopt(deps, saga, { installationTag, signal }),
      create: () =>
        gradient.createAgent({
          name: agentNameOf(config.agentNamePrefix, saga.domainId),
          instruction: agentInstruction(config.instructions, saga.domainName),
          modelUuid,
          description: `Support agent of ${saga.domainName}`,
          tags: ['parley', installationTag, `website:${saga.websiteKey}`],
        }),
      made: agentFound(saga),
    });
  };

/** The oldest agent of the domain that is of use; the others, which attempts of unknown outcome left, are deleted. */
const adopt = async (
  deps: StepDeps,
  saga: ClaimedSaga,
  { installationTag, signal }: { readonly installationTag: string; readonly signal: AbortSignal },
): Promise<CloudAgent | undefined> => {
  const { domainId, lostAgentUuid } = saga;
  const named = await deps.gradient.findAgents((name) => isAgentOf(domainId, name));
  const ours = named.filter(
    ({ uuid, tags }) => uuid !== lostAgentUuid && !isOfAnotherInstallation(tags, installationTag),
  );
  const adopted = ours.find((agent) => deploymentVerdict(agent) !== 'lost');
  const useless = ours.filter((agent) => agent !== adopted);
  if (useless.length > 0) await requireLease(deps, saga);
  for (const { uuid } of useless) await deps.gradient.deleteAgent(uuid, signal);
  return adopted;
};

const agentFound =
  (saga: ClaimedSaga) =>
  (agent: CloudAgent): Outcome => ({
    signal: 'agent_found',
    changes: {
      agentUuid: agent.uuid,
      lostAgentUuid: null,
      deploymentStatus: agent.status,
      clearsIntent: true,
      restartsWait: true,
    },
    effects: async (writes) => {
      const { domainId, domainName, websiteKey } = saga;
      await writes.saveAgent({ domainId, domainName, websiteKey, agentUuid: agent.uuid });
      await writes.emit(agentCreated, { domainId, data: { agent_uuid: agent.uuid } });
    },
  });
