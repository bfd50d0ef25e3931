import type { Delivery } from '../../../shared/bus/port.ts';
import type { domainRemoved } from '../../../shared/contracts/provisioning.ts';
import type { Transaction } from '../../../shared/db/client.ts';
import { insertRemoval } from '../store/removals.ts';

/** Owes the deletion of all sessions of a domain that is gone; the sweeper does it. */
export const handleDomainRemoved = async (
  tx: Transaction,
  { envelope }: Delivery<typeof domainRemoved>,
): Promise<void> => insertRemoval(tx, envelope.domain_id);
