import type { Delivery } from '../../../shared/bus/port.ts';
import type { kbIndexed } from '../../../shared/contracts/knowledge.ts';
import { advanceDomain, kbAttached } from '../../../shared/contracts/provisioning.ts';
import type { Transaction } from '../../../shared/db/client.ts';
import { wantAttachment } from '../store/attachments.ts';
import type { HandlerDeps } from './deps.ts';

/** A base can be attached: remembered here, done by the worker once the domain is ready. One that is attached is told again. */
export const onKbIndexed =
  ({ messaging }: HandlerDeps) =>
  async (tx: Transaction, { envelope, data }: Delivery<typeof kbIndexed>): Promise<void> => {
    const domainId = envelope.domain_id;
    const attachedTo = await wantAttachment(tx, domainId, data.kb_uuid);
    if (attachedTo === undefined) await messaging.emit(tx, advanceDomain, { domainId, data: {} });
    else await messaging.emit(tx, kbAttached, { domainId, data: { agent_uuid: attachedTo, kb_uuid: data.kb_uuid } });
  };
