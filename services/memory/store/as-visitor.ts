import type { Database, Transaction } from '../../../shared/db/client.ts';
import type { Subject } from './turns.ts';

/**
 * Reads as one visitor: PostgreSQL itself shows no row of another, whatever the statements ask for (the policies stand in
 * the migration `memory_row_security`). Nothing can be written so. The role ends with the transaction.
 */
export const asVisitor = <T>(
  database: Database,
  { domainId, userId }: Subject,
  read: (tx: Transaction) => Promise<T>,
): Promise<T> =>
  database.transaction(async (tx) => {
    await tx.$queryRaw`
      select set_config('parley.domain_id', ${domainId}::text, true), set_config('parley.user_id', ${userId}::text, true),
        set_config('role', 'parley_visitor', true)`;
    return read(tx);
  });
