import { z } from 'zod';
import type { Transaction } from '../../../shared/db/client.ts';

const accountRow = z.object({
  sealedKey: z.string(),
  salt: z.string(),
  status: z.enum(['valid', 'unverified', 'invalid']),
  updatedAt: z.date(),
});
export type AccountRow = z.infer<typeof accountRow>;

export const findAccount = async (client: Transaction, domainId: string): Promise<AccountRow | undefined> => {
  const row = await client.memoryAccount.findUnique({ where: { domainId } });
  return row === null ? undefined : accountRow.parse(row);
};

/** A new key keeps the account's salt: visitors stay who they were to Memori. */
export const upsertAccount = async (
  tx: Transaction,
  account: { readonly domainId: string; readonly sealedKey: string; readonly newSalt: string },
): Promise<void> => {
  await tx.$executeRaw`
    insert into memory_accounts (domain_id, sealed_key, salt, status)
    values (${account.domainId}::uuid, ${account.sealedKey}, ${account.newSalt}, 'unverified')
    on conflict (domain_id) do update set sealed_key = excluded.sealed_key, status = 'unverified', updated_at = now()`;
};

export const markAccount = async (
  client: Transaction,
  domainId: string,
  status: 'valid' | 'invalid',
): Promise<void> => {
  await client.$executeRaw`
    update memory_accounts set status = ${status}, updated_at = now() where domain_id = ${domainId}::uuid`;
};

export const hasAccounts = async (client: Transaction): Promise<boolean> =>
  (await client.memoryAccount.findFirst({ select: { domainId: true } })) !== null;
