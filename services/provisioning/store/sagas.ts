import { domainState, type DomainState } from '../../../shared/contracts/provisioning.ts';
import type { Transaction } from '../../../shared/db/client.ts';
import { currentOrigin, type Origin } from '../../../shared/telemetry/origin.ts';
import { transition, workingStates, type Signal } from '../domain.ts';

/** A saga in the hands of one step. Ages are told by the database's clock, the only one all replicas share. */
export interface ClaimedSaga extends Origin {
  readonly domainId: string;
  readonly domainName: string;
  readonly websiteKey: string;
  readonly state: DomainState;
  readonly attempt: number;
  readonly leaseOwner: string;
  /** Since the intent of a creation whose outcome is not known; null without one. */
  readonly intentAgeMs: number | null;
  /** Since the agent was made, adopted or taken up again. */
  readonly agentAgeMs: number;
  /** For how long the cloud was seen to deploy the agent, up to the outcome before this one. */
  readonly deployWaitedMs: number;
  readonly sinceOutcomeMs: number;
  readonly agentUuid: string | null;
  /** An agent that is of no use any more: to be deleted before another is made. */
  readonly lostAgentUuid: string | null;
  readonly deploymentStatus: string | null;
  readonly recreated: boolean;
  readonly hasKey: boolean;
  /** The key to get rid of before another is made; also set while the key is in use. */
  readonly keyUuid: string | null;
}

/** What a step changes besides the state; absent members stay as they are. */
export interface SagaChanges {
  readonly agentUuid?: string | null;
  readonly lostAgentUuid?: string | null;
  readonly deployWaitedMs?: number;
  readonly deploymentStatus?: string | null;
  readonly recreated?: boolean;
  readonly failure?: { readonly code: string; readonly detail: string } | null;
  readonly clearsIntent?: boolean;
  readonly restartsWait?: boolean;
}

/** A claim for `ms`; `owner` is a fresh one each time. */
export interface Lease {
  readonly owner: string;
  readonly ms: number;
}

/** Where a step led to. */
export interface NextStep {
  readonly state: DomainState;
  readonly attempt: number;
  readonly afterMs: number;
  readonly changes: SagaChanges;
}

type SagaRow = Omit<ClaimedSaga, 'state'> & { readonly state: string };

/** Takes up to `limit` due sagas under a lease of their own, shared with other replicas by SKIP LOCKED. */
export const claimSagas = async (client: Transaction, lease: Lease, limit: number): Promise<readonly ClaimedSaga[]> => {
  const rows = await client.$queryRaw<SagaRow[]>`
    update provisioning_sagas s
    set lease_owner = ${lease.owner}, lease_until = now() + make_interval(secs => ${lease.ms / 1000}::float8)
    from (
      select s.domain_id, d.domain_name, d.website_key, a.access_key_uuid, a.agent_access_key is not null as has_key
      from provisioning_sagas s
      join registered_domains d on d.id = s.domain_id
      left join agents a on a.domain_id = s.domain_id
      where s.state = any(${workingStates}) and s.next_at <= now() and (s.lease_until is null or s.lease_until < now())
      order by s.next_at limit ${limit} for update of s skip locked
    ) due
    where s.domain_id = due.domain_id
    returning
      s.domain_id as "domainId", due.domain_name as "domainName", due.website_key as "websiteKey", s.state, s.attempt,
      s.lease_owner as "leaseOwner", s.agent_uuid as "agentUuid", s.deployment_status as "deploymentStatus", s.recreated,
      s.lost_agent_uuid as "lostAgentUuid", s.deploy_waited_ms as "deployWaitedMs",
      s.correlation_id as "correlationId", s.causation_id as "causationId", s.traceparent,
      due.has_key as "hasKey", due.access_key_uuid as "keyUuid",
      (extract(epoch from now() - s.intent_at) * 1000)::float8 as "intentAgeMs",
      coalesce(extract(epoch from now() - s.waiting_since) * 1000, 0)::float8 as "agentAgeMs",
      (extract(epoch from now() - s.updated_at) * 1000)::float8 as "sinceOutcomeMs"`;
  return rows.map((row) => ({ ...row, state: domainState.parse(row.state) }));
};

/** Commits that something is about to be created, and renews the lease for it. False when the lease is not ours any more. */
export const commitIntent = async (client: Transaction, saga: ClaimedSaga, leaseMs: number): Promise<boolean> => {
  const updated = await client.$executeRaw`
    update provisioning_sagas
    set intent_at = now(), lease_until = now() + make_interval(secs => ${leaseMs / 1000}::float8)
    where domain_id = ${saga.domainId}::uuid and lease_owner = ${saga.leaseOwner} and state = ${saga.state}
      and lease_until > now()`;
  return updated > 0;
};

/** Makes sure that nobody else took the saga up since, and that nobody does for another lease. */
export const renewLease = async (client: Transaction, saga: ClaimedSaga, leaseMs: number): Promise<boolean> => {
  const updated = await client.$executeRaw`
    update provisioning_sagas set lease_until = now() + make_interval(secs => ${leaseMs / 1000}::float8)
    where domain_id = ${saga.domainId}::uuid and lease_owner = ${saga.leaseOwner} and state = ${saga.state}
      and lease_until > now()`;
  return updated > 0;
};

/** Saves a step's outcome and gives the lease back. False, and nothing saved, when another outcome came first. */
export const saveStep = async (tx: Transaction, saga: ClaimedSaga, next: NextStep): Promise<boolean> => {
  const { changes } = next;
  const failure = changes.failure ?? null;
  const isReady = next.state === 'ready';
  const updated = await tx.$executeRaw`
    update provisioning_sagas set
      state = ${next.state}, attempt = ${next.attempt},
      next_at = now() + make_interval(secs => ${next.afterMs / 1000}::float8),
      intent_at = case when ${changes.clearsIntent ?? false} then null else intent_at end,
      waiting_since = case when ${changes.restartsWait ?? false} then now() else waiting_since end,
      agent_uuid = ${changes.agentUuid === undefined ? saga.agentUuid : changes.agentUuid},
      deployment_status = ${changes.deploymentStatus === undefined ? saga.deploymentStatus : changes.deploymentStatus},
      lost_agent_uuid = ${changes.lostAgentUuid === undefined ? saga.lostAgentUuid : changes.lostAgentUuid},
      recreated = ${changes.recreated ?? saga.recreated},
      deploy_waited_ms = ${Math.round(changes.restartsWait === true ? 0 : (changes.deployWaitedMs ?? saga.deployWaitedMs))}::int,
      checked_at = case when ${isReady} then now() else checked_at end,
      failure_code = ${failure?.code ?? null}, failure_detail = ${failure?.detail ?? null},
      -- Whoever asked has what they asked for; checks and repairs are nobody's request.
      correlation_id = case when ${isReady} then null else correlation_id end,
      causation_id = case when ${isReady} then null else causation_id end,
      traceparent = case when ${isReady} then null else traceparent end,
      lease_owner = null, lease_until = null,
      updated_at = case when ${isReady && saga.state === 'ready'} then updated_at else now() end
    where domain_id = ${saga.domainId}::uuid and lease_owner = ${saga.leaseOwner} and state = ${saga.state}`;
  return updated > 0;
};

/** For a step whose outcome came too late: lets the next one start at once. */
export const releaseLease = async (client: Transaction, saga: ClaimedSaga): Promise<void> => {
  await client.$executeRaw`
    update provisioning_sagas set lease_owner = null, lease_until = null
    where domain_id = ${saga.domainId}::uuid and lease_owner = ${saga.leaseOwner}`;
};

/** A first row for a domain, due at once. */
export const insertSaga = async (tx: Transaction, domainId: string): Promise<void> => {
  const { correlationId, causationId, traceparent } = currentOrigin();
  await tx.$executeRaw`
    insert into provisioning_sagas (domain_id, state, correlation_id, causation_id, traceparent)
    values (${domainId}::uuid, 'registered', ${correlationId}, ${causationId}, ${traceparent})`;
};

/**
 * Applies a signal that came from outside of the worker. A fresh start is due at once and judged anew: attempts, failure,
 * waiting time and the one re-creation start over; an open intent stands. False when the signal changes nothing.
 */
export const signalSaga = async (tx: Transaction, domainId: string, signal: Signal): Promise<boolean> => {
  const rows = await tx.$queryRaw<{ state: string }[]>`
    select state from provisioning_sagas where domain_id = ${domainId}::uuid for update`;
  const state = rows[0] === undefined ? undefined : transition(domainState.parse(rows[0].state), signal);
  if (state === undefined) return false;
  const { correlationId, causationId, traceparent } = currentOrigin();
  await tx.$executeRaw`
    update provisioning_sagas set
      state = ${state}, attempt = 0, next_at = now(), waiting_since = now(), deploy_waited_ms = 0, recreated = false,
      correlation_id = ${correlationId}, causation_id = ${causationId}, traceparent = ${traceparent},
      failure_code = null, failure_detail = null, updated_at = now()
    where domain_id = ${domainId}::uuid`;
  return true;
};

/** Ends every pause of the domain's saga and attachments. */
export const hurry = async (tx: Transaction, domainId: string): Promise<void> => {
  await tx.$executeRaw`
    update provisioning_sagas set next_at = least(next_at, now()) where domain_id = ${domainId}::uuid and intent_at is null`;
  await tx.$executeRaw`
    update kb_attachments set next_at = least(next_at, now()), attempt = 0,
      state = case state when 'refused' then 'wanted' else state end
    where domain_id = ${domainId}::uuid`;
};

const checkPauseMs = 30_000;

/** Has a ready agent compared with the cloud soon, however many ask for it: twice a minute at the most. */
export const hurryCheck = async (tx: Transaction, domainId: string): Promise<void> => {
  const { correlationId, causationId, traceparent } = currentOrigin();
  await tx.$executeRaw`
    update provisioning_sagas set
      next_at = least(next_at, greatest(now(), checked_at + make_interval(secs => ${checkPauseMs / 1000}::float8))),
      correlation_id = ${correlationId}, causation_id = ${causationId}, traceparent = ${traceparent}
    where domain_id = ${domainId}::uuid and state = 'ready'`;
};
