import type { Transaction } from '../../../shared/db/client.ts';

/** A thing of ours in the cloud that belongs to no row. */
export interface Orphan {
  readonly kind: 'agent' | 'key';
  readonly uuid: string;
  readonly name: string;
  /** The agent that an access key belongs to; null for an agent. */
  readonly agentUuid: string | null;
}

export interface FoundOrphan extends Orphan {
  readonly foundAt: Date;
}

/**
 * Those of the agents that nobody here has a claim to: no row holds them, and the domain of their name, if there is one,
 * has its agent and intended no other within the last hour.
 */
export const selectUnclaimed = async (
  client: Transaction,
  agents: readonly { readonly uuid: string; readonly name: string }[],
): Promise<readonly { readonly uuid: string; readonly name: string }[]> =>
  client.$queryRaw<{ uuid: string; name: string }[]>`
    select found.uuid, found.name
    from unnest(${agents.map(({ uuid }) => uuid)}::text[], ${agents.map(({ name }) => name)}::text[]) as found (uuid, name)
    where not exists (select 1 from provisioning_sagas s where s.agent_uuid = found.uuid)
      and not exists (select 1 from provisioning_sagas s where s.lost_agent_uuid = found.uuid)
      and not exists (
        select 1 from provisioning_sagas s
        where left(replace(s.domain_id::text, '-', ''), 12) = right(found.name, 12)
          and (s.agent_uuid is null or s.intent_at > now() - interval '1 hour'))`;

/** Whether this is the key that a domain of ours uses, or that of an agent that is not ours. */
export const isKeyClaimed = async (
  client: Transaction,
  { agentUuid, uuid }: { readonly agentUuid: string; readonly uuid: string },
): Promise<boolean> => {
  const rows = await client.$queryRaw<unknown[]>`
    select 1 from agents a join provisioning_sagas s on s.domain_id = a.domain_id
    where a.agent_uuid = ${agentUuid} and a.access_key_uuid is distinct from ${uuid} and s.intent_at is null`;
  return rows.length === 0;
};

/** All orphan agents, or all orphan keys of one agent, as they are now; the moment one was first found stays. */
export const noteOrphans = async (
  tx: Transaction,
  among: { readonly kind: Orphan['kind']; readonly agentUuid: string | null },
  found: readonly Pick<Orphan, 'uuid' | 'name'>[],
): Promise<void> => {
  const { kind, agentUuid } = among;
  const uuids = found.map(({ uuid }) => uuid);
  await tx.$executeRaw`
    delete from cloud_orphans
    where kind = ${kind} and agent_uuid is not distinct from ${agentUuid} and uuid <> all(${uuids})`;
  await tx.$executeRaw`
    insert into cloud_orphans (kind, uuid, name, agent_uuid)
    select ${kind}, uuid, name, ${agentUuid}
    from unnest(${uuids}::text[], ${found.map(({ name }) => name)}::text[]) as found (uuid, name)
    on conflict do nothing`;
};

/** Keys went with their agent. */
export const forgetKeysOfGoneAgents = async (tx: Transaction): Promise<void> => {
  await tx.$executeRaw`
    delete from cloud_orphans o
    where o.kind = 'key' and not exists (select 1 from agents a where a.agent_uuid = o.agent_uuid)`;
};

export const forgetOrphan = async (tx: Transaction, { kind, uuid }: Pick<Orphan, 'kind' | 'uuid'>): Promise<void> => {
  await tx.$executeRaw`delete from cloud_orphans where kind = ${kind} and uuid = ${uuid}`;
};

/** Orphans found longer ago than `olderThanMs`, the oldest first, at most `limit`. */
export const listOrphanRows = async (
  client: Transaction,
  {
    olderThanMs,
    limit,
    uuid = null,
  }: { readonly olderThanMs: number; readonly limit: number; readonly uuid?: string | null },
): Promise<readonly FoundOrphan[]> =>
  client.$queryRaw<FoundOrphan[]>`
    select kind, uuid, name, agent_uuid as "agentUuid", found_at as "foundAt" from cloud_orphans
    where found_at < now() - make_interval(secs => ${olderThanMs / 1000}::float8)
      and (${uuid}::text is null or uuid = ${uuid})
    order by found_at, uuid limit ${limit}`;
