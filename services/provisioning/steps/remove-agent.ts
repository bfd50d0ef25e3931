import { domainRemoved } from '../../../shared/contracts/provisioning.ts';
import { planCreation } from '../../../shared/gradient/create-once.ts';
import { isAgentOf } from '../domain.ts';
import { deleteDomain } from '../store/domains.ts';
import type { Step, StepDeps } from './step.ts';

/**
 * Clears the cloud of everything the domain has there, then forgets the domain. An open intent is waited out first, and
 * agents are found by name too, so that what an interrupted creation left goes as well.
 */
export const removeAgent =
  (deps: StepDeps): Step =>
  async (saga, signal) => {
    const { config, gradient, messaging } = deps;
    const { agentUuid, domainId, keyUuid, websiteKey } = saga;
    const plan = planCreation(saga.intentAgeMs, config.settleMs);
    if (plan.do === 'wait') return { afterMs: plan.waitMs };
    if (agentUuid !== null && keyUuid !== null) await gradient.deleteKey(agentUuid, keyUuid, signal);
    const named = await gradient.findAgents((name) => isAgentOf(domainId, name));
    const uuids = new Set([...named.map((agent) => agent.uuid), ...(agentUuid === null ? [] : [agentUuid])]);
    for (const uuid of uuids) await gradient.deleteAgent(uuid, signal);
    return {
      effects: async (tx) => {
        await messaging.emit(tx, domainRemoved, { domainId, data: { website_key: websiteKey } });
        await deleteDomain(tx, domainId);
      },
    };
  };
