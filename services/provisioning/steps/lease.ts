import type { ClaimedSaga } from '../store/sagas.ts';
import type { StepDeps } from './step.ts';

/** The saga is in other hands: whatever this step found out does not count any more. */
export class LeaseLost extends Error {}

/**
 * To be called between looking and deleting: while our lease lasted nobody else can have made what was found, so what is
 * deleted now is nobody's. Throws LeaseLost.
 */
export const requireLease = async ({ config, store }: StepDeps, saga: ClaimedSaga): Promise<void> => {
  if (!(await store.renewLease(saga, config.leaseMs))) throw new LeaseLost();
};
