import type { Transaction } from '../../../shared/db/client.ts';

/** The agent of a domain as others may use it; `sealedKey` is null while a key is being made. */
export interface AgentAccessRow {
  readonly state: string;
  readonly deploymentStatus: string | null;
  readonly failureDetail: string | null;
  readonly agentUuid: string | null;
  readonly agentUrl: string | null;
  readonly sealedKey: string | null;
  readonly kbUuids: readonly string[] | null;
  /** Since the saga last changed: for a ready domain, since it became ready. */
  readonly stateAgeMs: number;
}

/** Where a sealed access key belongs; bound into the seal. */
export const accessKeyPlace = (domainId: string): string => `agents:agent_access_key:${domainId}`;

export interface NewAgentRow {
  readonly domainId: string;
  readonly websiteKey: string;
  readonly domainName: string;
  readonly agentUuid: string;
}

/** A new agent of a domain: whatever was known of the one before is forgotten. */
export const saveAgent = async (tx: Transaction, agent: NewAgentRow): Promise<void> => {
  await tx.$executeRaw`
    insert into agents (website_key, domain_id, agent_uuid, website_url, knowledge_base_uuids)
    values (${agent.websiteKey}, ${agent.domainId}::uuid, ${agent.agentUuid}, ${`https://${agent.domainName}`}, '{}')
    on conflict (website_key) do update set
      domain_id = excluded.domain_id, agent_uuid = excluded.agent_uuid, agent_url = null, agent_access_key = null,
      access_key_uuid = null, knowledge_base_uuids = '{}', updated_at = now()`;
};

/** Forgets an agent that is gone; its bases are to be attached to the next one. */
export const forgetAgent = async (tx: Transaction, domainId: string): Promise<void> => {
  await tx.$executeRaw`delete from agents where domain_id = ${domainId}::uuid`;
  await tx.$executeRaw`
    update kb_attachments set state = 'wanted', attempt = 0, next_at = now()
    where domain_id = ${domainId}::uuid and state = 'attached'`;
};

export const saveAccessKey = async (
  tx: Transaction,
  domainId: string,
  key: { readonly uuid: string; readonly sealed: string },
): Promise<void> => {
  await tx.$executeRaw`
    update agents set agent_access_key = ${key.sealed}, access_key_uuid = ${key.uuid}, updated_at = now()
    where domain_id = ${domainId}::uuid`;
};

/** The key is not to be used any more; its id stays, so that it is deleted before another is made. */
export const dropAccessKey = async (tx: Transaction, domainId: string): Promise<void> => {
  await tx.$executeRaw`
    update agents set agent_access_key = null, updated_at = now() where domain_id = ${domainId}::uuid`;
};

/** True when it was another one before. */
export const saveAgentUrl = async (tx: Transaction, domainId: string, url: string): Promise<boolean> => {
  const updated = await tx.$executeRaw`
    update agents set agent_url = ${url}, updated_at = now()
    where domain_id = ${domainId}::uuid and agent_url is distinct from ${url}`;
  return updated > 0;
};

/** Undefined for a domain that is not registered. With `locked`, nobody else changes the agent until the commit. */
export const readAgentAccess = async (client: Transaction, domainId: string): Promise<AgentAccessRow | undefined> => {
  const rows = await client.$queryRaw<AgentAccessRow[]>`
    select s.state, s.deployment_status as "deploymentStatus", s.failure_detail as "failureDetail",
      a.agent_uuid as "agentUuid", a.agent_url as "agentUrl", a.agent_access_key as "sealedKey",
      a.knowledge_base_uuids as "kbUuids", (extract(epoch from now() - s.updated_at) * 1000)::float8 as "stateAgeMs"
    from provisioning_sagas s left join agents a on a.domain_id = s.domain_id
    where s.domain_id = ${domainId}::uuid`;
  return rows[0];
};

/** As `readAgentAccess`, and nobody else moves the saga until this transaction ends. */
export const lockAgentAccess = async (tx: Transaction, domainId: string): Promise<AgentAccessRow | undefined> => {
  await tx.$queryRaw`select 1 from provisioning_sagas where domain_id = ${domainId}::uuid for update`;
  return readAgentAccess(tx, domainId);
};

interface AgentRow {
  readonly domainId: string;
  readonly websiteKey: string;
  readonly agentUuid: string;
  readonly agentUrl: string | null;
  readonly agentAccessKey: string | null;
  readonly knowledgeBaseUuids: readonly string[];
  readonly websiteUrl: string;
  readonly createdAt: Date;
}

/** Agents, newest first, one more than `limit` if there are more; of one domain or of all. */
export const listAgentRows = async (
  client: Transaction,
  page: {
    readonly domainId: string | undefined;
    readonly limit: number;
    readonly after: { readonly createdAt: Date; readonly id: string } | undefined;
  },
): Promise<{ readonly rows: readonly AgentRow[]; readonly total: number }> => {
  const own = page.domainId === undefined ? {} : { domainId: page.domainId };
  const { after } = page;
  const rows = await client.agent.findMany({
    where: {
      ...own,
      ...(after === undefined
        ? {}
        : { OR: [{ createdAt: { lt: after.createdAt } }, { createdAt: after.createdAt, domainId: { lt: after.id } }] }),
    },
    orderBy: [{ createdAt: 'desc' }, { domainId: 'desc' }],
    take: page.limit + 1,
  });
  return { rows, total: await client.agent.count({ where: own }) };
};

/** Deployment statuses of the given domains, by domain id. */
export const readDeploymentStatuses = async (
  client: Transaction,
  domainIds: readonly string[],
): Promise<ReadonlyMap<string, string>> => {
  const rows = await client.provisioningSaga.findMany({
    where: { domainId: { in: [...domainIds] } },
    select: { domainId: true, deploymentStatus: true },
  });
  return new Map(rows.map((row) => [row.domainId, row.deploymentStatus ?? 'STATUS_UNKNOWN']));
};
