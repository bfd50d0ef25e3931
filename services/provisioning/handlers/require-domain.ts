import type { DomainView } from '../../../shared/contracts/provisioning.ts';
import type { Transaction } from '../../../shared/db/client.ts';
import { Failure } from '../../../shared/errors/failure.ts';
import { readDomain } from '../store/domains.ts';
import { viewOf } from '../view.ts';

/** The domain, or `domain_unknown`. */
export const requireDomain = async (client: Transaction, domainId: string): Promise<DomainView> => {
  const row = await readDomain(client, domainId);
  if (row === null) throw new Failure('domain_unknown');
  return viewOf(row);
};
