import type { Delivery } from '../../../shared/bus/port.ts';
import type { kbRetired } from '../../../shared/contracts/knowledge.ts';
import { advanceDomain, kbDetached } from '../../../shared/contracts/provisioning.ts';
import type { Transaction } from '../../../shared/db/client.ts';
import { unwantAttachment } from '../store/attachments.ts';
import type { HandlerDeps } from './deps.ts';

/** A base is to go: detached by the worker, or told at once when it was never to be attached. */
export const onKbRetired =
  ({ messaging }: HandlerDeps) =>
  async (tx: Transaction, { envelope, data }: Delivery<typeof kbRetired>): Promise<void> => {
    const domainId = envelope.domain_id;
    if (await unwantAttachment(tx, domainId, data.kb_uuid)) {
      await messaging.emit(tx, advanceDomain, { domainId, data: {} });
    } else {
      await messaging.emit(tx, kbDetached, { domainId, data: { kb_uuid: data.kb_uuid } });
    }
  };
