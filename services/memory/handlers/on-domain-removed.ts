import type { Delivery } from '../../../shared/bus/port.ts';
import type { domainRemoved } from '../../../shared/contracts/provisioning.ts';
import type { Transaction } from '../../../shared/db/client.ts';
import { insertRemoval } from '../store/removals.ts';

/** Stops remembering for a domain that is gone, and owes the deletion of all there is of it; the sweeper does it. */
export const handleDomainRemoved = async (
  tx: Transaction,
  { envelope }: Delivery<typeof domainRemoved>,
): Promise<void> => insertRemoval(tx, envelope.domain_id);
