import type { StoringOwner } from '../contracts/message.ts';
import type { Transaction } from '../db/client.ts';

interface Forgetting {
  readonly owner: StoringOwner;
  readonly domainId: string;
  readonly limit: number;
}

/**
 * Deletes at most `limit` dead letters and `limit` sent events of a domain that is gone, since they may hold what its
 * visitors said, and tells how many there were. What is still owed or being replayed is left until it is not.
 */
export const forgetDomain = async (client: Transaction, { owner, domainId, limit }: Forgetting): Promise<number> => {
  const letters = await client.$executeRaw`
    delete from dead_letters where id in (
      select id from dead_letters
      where owner = ${owner} and domain_id = ${domainId}::uuid and state <> 'replaying' limit ${limit}::int)`;
  const events = await client.$executeRaw`
    delete from outbox where id in (
      select id from outbox
      where owner = ${owner} and ordered_by = ${domainId}::uuid and sent_at is not null limit ${limit}::int)`;
  return letters + events;
};
