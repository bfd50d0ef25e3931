import type { Handler } from '../../../shared/bus/port.ts';
import type { removeDomain } from '../../../shared/contracts/provisioning.ts';
import { signalSaga } from '../store/sagas.ts';
import type { HandlerDeps } from './deps.ts';
import { requireDomain } from './require-domain.ts';

/**
 * Records that the domain is to go; the worker clears the cloud and tells the end with `DomainRemoved`. A second removal
 * answers like the first. Throws `domain_unknown`, also once the domain is gone.
 */
export const handleRemoveDomain =
  ({ messaging, wake }: HandlerDeps): Handler<typeof removeDomain> =>
  async ({ domain_id }) => {
    const domain = await messaging.transaction(async (tx) => {
      await signalSaga(tx, domain_id, 'removal_asked');
      return requireDomain(tx, domain_id);
    });
    wake();
    return { domain };
  };
