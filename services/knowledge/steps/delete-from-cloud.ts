import { planCreation } from '../../../shared/gradient/create-once.ts';
import type { ClaimedBase } from '../store/bases.ts';
import type { Step, StepDeps, StepOutcome } from './step.ts';

/** Deletes the base in the cloud and then its row. One that the cloud no longer has is deleted. */
export const deleteFromCloud: Step = async (deps, base) => {
  const rest = await clearCloud(deps, base);
  if (rest !== 'saved') return rest;
  await deps.store.deleteBase(base);
  return 'saved';
};

/** A base that failed is of no use in the cloud, where bases are few; its row tells what happened. */
export const clearFailed: Step = async (deps, base) => {
  const rest = await clearCloud(deps, base);
  if (rest !== 'saved') return rest;
  await deps.store.forgetCloudId(base);
  return 'saved';
};

/**
 * Takes all of the base out of the cloud. A creation that was under way may have made one that we never learnt the id of: it
 * is looked for by name once it must show.
 */
const clearCloud = async (deps: StepDeps, base: ClaimedBase): Promise<StepOutcome> => {
  if (base.intentAgeMs !== null) {
    const plan = planCreation(base.intentAgeMs, deps.config.settleMs);
    if (plan.do === 'wait') return { waitMs: plan.waitMs };
    for (const made of await deps.cloud.findBases(base.kbName)) await deps.cloud.deleteBase(made.uuid);
  }
  if (base.kbUuid !== null) await deps.cloud.deleteBase(base.kbUuid);
  return 'saved';
};
