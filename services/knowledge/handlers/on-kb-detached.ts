import type { kbDetached } from '../../../shared/contracts/provisioning.ts';
import type { Delivery } from '../../../shared/bus/port.ts';
import type { Transaction } from '../../../shared/db/client.ts';
import type { Deps } from '../deps.ts';
import { nextBaseState } from '../domain.ts';
import { findBaseByCloudId, moveBase } from '../store/bases.ts';

/** Nobody uses the base any more: it may be deleted. */
export const onKbDetached =
  (deps: Deps) =>
  async (tx: Transaction, { data }: Delivery<typeof kbDetached>): Promise<void> => {
    const base = await findBaseByCloudId(tx, data.kb_uuid);
    if (base === null) return;
    const state = nextBaseState(base.state, 'detached');
    if (state !== base.state) await moveBase(tx, base, state);
    deps.wakeBases();
  };
