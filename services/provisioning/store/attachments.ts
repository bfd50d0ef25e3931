import { currentOrigin, type Origin } from '../../../shared/telemetry/origin.ts';
import type { Transaction } from '../../../shared/db/client.ts';

/** A base that is to be attached to its domain's agent, or detached, in the hands of one worker. */
export interface ClaimedAttachment extends Origin {
  readonly domainId: string;
  readonly kbUuid: string;
  readonly state: 'wanted' | 'unwanted';
  readonly attempt: number;
  readonly leaseOwner: string;
  readonly agentUuid: string | null;
}

/** Attaching waits until the domain is ready; detaching only for nothing that removes the agent anyway. */
export const claimAttachments = async (
  client: Transaction,
  lease: { readonly owner: string; readonly ms: number },
  limit: number,
): Promise<readonly ClaimedAttachment[]> =>
  client.$queryRaw<ClaimedAttachment[]>`
    update kb_attachments k
    set lease_owner = ${lease.owner}, lease_until = now() + make_interval(secs => ${lease.ms / 1000}::float8)
    from (
      select k.domain_id, k.kb_uuid, s.agent_uuid
      from kb_attachments k join provisioning_sagas s on s.domain_id = k.domain_id
      where ((k.state = 'wanted' and s.state = 'ready') or (k.state = 'unwanted' and s.state <> 'deleting'))
        and k.next_at <= now() and (k.lease_until is null or k.lease_until < now())
      order by k.next_at limit ${limit} for update of k skip locked
    ) due
    where k.domain_id = due.domain_id and k.kb_uuid = due.kb_uuid
    returning k.domain_id as "domainId", k.kb_uuid as "kbUuid", k.state, k.attempt, k.lease_owner as "leaseOwner",
      due.agent_uuid as "agentUuid", k.correlation_id as "correlationId", k.causation_id as "causationId", k.traceparent`;

/**
 * Remembers that the base is to be attached, once; nothing for a domain that is gone. A base that was told to go before it
 * was told to be there stays gone. Gives the agent that has it already.
 */
export const wantAttachment = async (
  tx: Transaction,
  domainId: string,
  kbUuid: string,
): Promise<string | undefined> => {
  const { correlationId, causationId, traceparent } = currentOrigin();
  const wanted = await tx.$executeRaw`
    insert into kb_attachments (domain_id, kb_uuid, state, correlation_id, causation_id, traceparent)
    select id, ${kbUuid}, 'wanted', ${correlationId}, ${causationId}, ${traceparent}
    from registered_domains where id = ${domainId}::uuid
    on conflict do nothing`;
  if (wanted > 0) return undefined;
  const attached = await tx.$queryRaw<{ agent_uuid: string }[]>`
    select s.agent_uuid from kb_attachments k join provisioning_sagas s on s.domain_id = k.domain_id
    where k.domain_id = ${domainId}::uuid and k.kb_uuid = ${kbUuid} and k.state = 'attached' and s.agent_uuid is not null`;
  return attached[0]?.agent_uuid;
};

/**
 * Remembers that the base is to go. False when there is nothing to detach: it is detached already, or it was never to be
 * attached and then never will be, because messages may overtake each other.
 */
export const unwantAttachment = async (tx: Transaction, domainId: string, kbUuid: string): Promise<boolean> => {
  await tx.$executeRaw`
    delete from kb_attachments
    where domain_id = ${domainId}::uuid and state = 'detached'
      and next_at < now() - make_interval(days => ${keepDetachedDays}::int)`;
  const { correlationId, causationId, traceparent } = currentOrigin();
  const rows = await tx.$queryRaw<{ state: string }[]>`
    insert into kb_attachments (domain_id, kb_uuid, state)
    select id, ${kbUuid}, 'detached' from registered_domains where id = ${domainId}::uuid
    on conflict (domain_id, kb_uuid) do update
      set state = 'unwanted', attempt = 0, next_at = now(), last_error = null, correlation_id = ${correlationId},
        causation_id = ${causationId}, traceparent = ${traceparent}
      where kb_attachments.state <> 'detached'
    returning state`;
  return rows[0]?.state === 'unwanted';
};

// As long as the inbox remembers messages: no delivery comes later than that.
const keepDetachedDays = 30;

/** Wants every attached base again that is not among `present`; tells how many. */
export const wantMissing = async (tx: Transaction, domainId: string, present: readonly string[]): Promise<number> => {
  const wanted = await tx.$queryRaw<{ kb_uuid: string }[]>`
    update kb_attachments set state = 'wanted', attempt = 0, next_at = now()
    where domain_id = ${domainId}::uuid and state = 'attached' and kb_uuid <> all(${present})
    returning kb_uuid`;
  if (wanted.length > 0) {
    await tx.$executeRaw`
      update agents set updated_at = now(), knowledge_base_uuids = (
        select coalesce(array_agg(uuid), '{}') from unnest(knowledge_base_uuids) as known (uuid) where uuid = any(${present}))
      where domain_id = ${domainId}::uuid`;
  }
  return wanted.length;
};

/** False, and nothing saved, when the base is not wanted any more or the agent is another one by now. */
export const saveAttached = async (tx: Transaction, attachment: ClaimedAttachment): Promise<boolean> => {
  const { domainId, kbUuid, agentUuid } = attachment;
  const sagas = await tx.$queryRaw<unknown[]>`
    select 1 from provisioning_sagas where domain_id = ${domainId}::uuid and agent_uuid = ${agentUuid} for share`;
  if (sagas.length === 0) return false;
  const updated = await tx.$executeRaw`
    update kb_attachments set state = 'attached', attempt = 0, last_error = null, lease_owner = null, lease_until = null
    where domain_id = ${domainId}::uuid and kb_uuid = ${kbUuid} and lease_owner = ${attachment.leaseOwner}
      and state = 'wanted'`;
  if (updated === 0) return false;
  // Row-local on purpose: two bases attached at the same moment must not overwrite each other's list.
  await tx.$executeRaw`
    update agents set
      knowledge_base_uuids = array_append(array_remove(knowledge_base_uuids, ${kbUuid}), ${kbUuid}), updated_at = now()
    where domain_id = ${domainId}::uuid`;
  return true;
};

/** False when another worker was first. */
export const saveDetached = async (tx: Transaction, attachment: ClaimedAttachment): Promise<boolean> => {
  const { domainId, kbUuid } = attachment;
  const updated = await tx.$executeRaw`
    update kb_attachments
    set state = 'detached', attempt = 0, next_at = now(), last_error = null, lease_owner = null, lease_until = null
    where domain_id = ${domainId}::uuid and kb_uuid = ${kbUuid} and lease_owner = ${attachment.leaseOwner}
      and state = 'unwanted'`;
  if (updated === 0) return false;
  await tx.$executeRaw`
    update agents set knowledge_base_uuids = array_remove(knowledge_base_uuids, ${kbUuid}), updated_at = now()
    where domain_id = ${domainId}::uuid`;
  return true;
};

/**
 * Puts an attempt that did not succeed back, or gives it up as `refused`; a row that changed meanwhile is only released. Gives
 * the row's state, or undefined when the lease was lost.
 */
export const saveAttempt = async (
  client: Transaction,
  attachment: ClaimedAttachment,
  next: {
    readonly state: 'wanted' | 'unwanted' | 'refused';
    readonly attempt: number;
    readonly afterMs: number;
    readonly error: string;
  },
): Promise<string | undefined> => {
  const rows = await client.$queryRaw<{ state: string }[]>`
    update kb_attachments set
      state = case when state = ${attachment.state} then ${next.state} else state end, attempt = ${next.attempt},
      next_at = now() + make_interval(secs => ${next.afterMs / 1000}::float8), last_error = ${next.error},
      lease_owner = null, lease_until = null
    where domain_id = ${attachment.domainId}::uuid and kb_uuid = ${attachment.kbUuid}
      and lease_owner = ${attachment.leaseOwner}
    returning state`;
  return rows[0]?.state;
};

/** Gives the lease back, so that whatever the row says now is done at once. */
export const releaseAttachment = async (client: Transaction, attachment: ClaimedAttachment): Promise<void> => {
  await client.$executeRaw`
    update kb_attachments set lease_owner = null, lease_until = null
    where domain_id = ${attachment.domainId}::uuid and kb_uuid = ${attachment.kbUuid}
      and lease_owner = ${attachment.leaseOwner}`;
};
