import { domainRemoved } from '../../../shared/contracts/provisioning.ts';
import { planCreation } from '../../../shared/gradient/create-once.ts';
import { isOfAnotherInstallation } from '../../../shared/gradient/installation.ts';
import { isAgentOf } from '../domain.ts';
import type { Step, StepDeps } from './step.ts';

/**
 * Clears the cloud of everything the domain has there, then forgets the domain. An open intent is waited out first, and
 * agents are found by name too, so that what an interrupted creation left goes as well.
 */
export const removeAgent =
  (deps: StepDeps): Step =>
  async (saga, signal) => {
    const { config, gradient } = deps;
    const { agentUuid, domainId, keyUuid, lostAgentUuid, websiteKey } = saga;
    const plan = planCreation(saga.intentAgeMs, config.settleMs);
    if (plan.do === 'wait') return { afterMs: plan.waitMs };
    if (agentUuid !== null && keyUuid !== null) await gradient.deleteKey(agentUuid, keyUuid, signal);
    const installationTag = await deps.installationTag();
    const named = await gradient.findAgents((name) => isAgentOf(domainId, name));
    const ours = named.filter(({ tags }) => !isOfAnotherInstallation(tags, installationTag));
    const uuids = new Set([...ours.map(({ uuid }) => uuid), agentUuid, lostAgentUuid]);
    for (const uuid of uuids) if (uuid !== null) await gradient.deleteAgent(uuid, signal);
    return {
      effects: async (writes) => {
        await writes.emit(domainRemoved, { domainId, data: { website_key: websiteKey } });
        await writes.deleteDomain(domainId);
      },
    };
  };
