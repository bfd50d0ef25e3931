import type { DomainSettings } from '../../../shared/contracts/provisioning.ts';
import type { Transaction } from '../../../shared/db/client.ts';

export interface NewDomain {
  readonly id: string;
  readonly domainName: string;
  readonly websiteKey: string;
  readonly apiKeyHash: string;
  readonly settings: DomainSettings;
}

const withSaga = { include: { saga: true } } as const;

/** A domain with where its provisioning stands. */
export type DomainRow = NonNullable<Awaited<ReturnType<typeof readDomain>>>;

/** False when the name is taken. A registration of the same name at the same moment is waited for. */
export const insertDomain = async (tx: Transaction, domain: NewDomain): Promise<boolean> => {
  const inserted = await tx.$executeRaw`
    insert into registered_domains (id, domain_name, website_key, api_key, settings)
    values (${domain.id}::uuid, ${domain.domainName}, ${domain.websiteKey}, ${domain.apiKeyHash},
      ${JSON.stringify(domain.settings)}::jsonb)
    on conflict (domain_name) do nothing`;
  return inserted > 0;
};

export const readDomain = async (client: Transaction, id: string) =>
  client.registeredDomain.findUnique({ where: { id }, ...withSaga });

/** The domain that a key opens: its present key, or the one before until its time is over. */
export const readDomainByKeyHash = async (client: Transaction, hash: string, now: Date): Promise<DomainRow | null> =>
  client.registeredDomain.findFirst({
    where: { OR: [{ apiKey: hash }, { previousApiKey: hash, previousApiKeyValidUntil: { gt: now } }] },
    ...withSaga,
  });

/** Newest first, one more than `limit` if there are more. */
export const listDomainRows = async (
  client: Transaction,
  page: { readonly limit: number; readonly after: { readonly createdAt: Date; readonly id: string } | undefined },
): Promise<{ readonly rows: readonly DomainRow[]; readonly total: number }> => {
  const { after } = page;
  const rows = await client.registeredDomain.findMany({
    where:
      after === undefined
        ? {}
        : { OR: [{ createdAt: { lt: after.createdAt } }, { createdAt: after.createdAt, id: { lt: after.id } }] },
    orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
    take: page.limit + 1,
    ...withSaga,
  });
  return { rows, total: await client.registeredDomain.count() };
};

export const countDomainRows = async (
  client: Transaction,
): Promise<{ readonly domains: number; readonly activeAgents: number }> => ({
  domains: await client.registeredDomain.count(),
  activeAgents: await client.provisioningSaga.count({ where: { state: 'ready' } }),
});

/** The settings as they are, held still until the commit; undefined for a domain that is not registered. */
export const lockSettings = async (tx: Transaction, id: string): Promise<unknown> => {
  const rows = await tx.$queryRaw<{ settings: unknown }[]>`
    select settings from registered_domains where id = ${id}::uuid for update`;
  return rows[0]?.settings;
};

export const saveSettings = async (tx: Transaction, id: string, settings: DomainSettings): Promise<void> => {
  await tx.$executeRaw`
    update registered_domains set settings = ${JSON.stringify(settings)}::jsonb, updated_at = now()
    where id = ${id}::uuid`;
};

/** Puts a new key in front and keeps the one before until `previousValidUntil`. False for a domain that is not there. */
export const replaceApiKey = async (
  tx: Transaction,
  id: string,
  key: { readonly hash: string; readonly previousValidUntil: Date },
): Promise<boolean> => {
  const updated = await tx.$executeRaw`
    update registered_domains set
      previous_api_key = api_key, previous_api_key_valid_until = ${key.previousValidUntil}, api_key = ${key.hash},
      updated_at = now()
    where id = ${id}::uuid`;
  return updated > 0;
};

/** The domain and everything of ours that hangs on it. */
export const deleteDomain = async (tx: Transaction, id: string): Promise<void> => {
  await tx.agent.deleteMany({ where: { domainId: id } });
  await tx.registeredDomain.delete({ where: { id } });
};
