import type { Handler } from '../../../shared/bus/port.ts';
import type { retryDomain } from '../../../shared/contracts/provisioning.ts';
import { hurry, signalSaga } from '../store/sagas.ts';
import type { HandlerDeps } from './deps.ts';
import { requireDomain } from './require-domain.ts';

/**
 * Starts a failed provisioning again at the step that failed. A domain that has not failed is only hurried: it rests no
 * longer before its next attempt, and refused attachments are tried again. Throws `domain_unknown`.
 */
export const handleRetryDomain =
  ({ messaging, wake }: HandlerDeps): Handler<typeof retryDomain> =>
  async ({ domain_id }) => {
    const domain = await messaging.transaction(async (tx) => {
      await signalSaga(tx, domain_id, 'retried');
      await hurry(tx, domain_id);
      return requireDomain(tx, domain_id);
    });
    wake();
    return { domain };
  };
