import type { domainRemoved } from '../../../shared/contracts/provisioning.ts';
import type { Delivery } from '../../../shared/bus/port.ts';
import type { Transaction } from '../../../shared/db/client.ts';
import type { Deps } from '../deps.ts';
import { nextBaseState } from '../domain.ts';
import { listBasesOfDomain, moveBase } from '../store/bases.ts';
import { insertRemoval } from '../store/removals.ts';

/** The domain is gone: nothing is accepted for it any more, its bases go from the cloud, and a sweeper deletes the rest. */
export const onDomainRemoved =
  (deps: Pick<Deps, 'wakeBases'>) =>
  async (tx: Transaction, { envelope }: Delivery<typeof domainRemoved>): Promise<void> => {
    await insertRemoval(tx, envelope.domain_id);
    for (const base of await listBasesOfDomain(tx, envelope.domain_id)) {
      const state = nextBaseState(base.state, 'domain_removed');
      if (state !== base.state) await moveBase(tx, base, state);
    }
    deps.wakeBases();
  };
