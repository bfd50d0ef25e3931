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
  { olderThanMs, limit }: { readonly olderThanMs: number; readonly limit: number },
): Promise<readonly FoundOrphan[]> =>
  client.$queryRaw<FoundOrphan[]>`
    select kind, uuid, name, agent_uuid as "agentUuid", found_at as "foundAt" from cloud_orphans
    where found_at < now() - make_interval(secs => ${olderThanMs / 1000}::float8)
    order by found_at, uuid limit ${limit}`;
