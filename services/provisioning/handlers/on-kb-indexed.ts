import type { Delivery } from '../../../shared/bus/port.ts';
import type { kbIndexed } from '../../../shared/contracts/knowledge.ts';
import { advanceDomain } from '../../../shared/contracts/provisioning.ts';
import type { Transaction } from '../../../shared/db/client.ts';
import { wantAttachment } from '../store/attachments.ts';
import type { HandlerDeps } from './deps.ts';

/** A base can be attached: remembered here, done by the worker once the domain is ready. */
export const onKbIndexed =
  ({ messaging }: HandlerDeps) =>
  async (tx: Transaction, { envelope, data }: Delivery<typeof kbIndexed>): Promise<void> => {
    await wantAttachment(tx, envelope.domain_id, data.kb_uuid);
    await messaging.emit(tx, advanceDomain, { domainId: envelope.domain_id, data: {} });
  };
