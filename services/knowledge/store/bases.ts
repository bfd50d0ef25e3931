import type { Transaction } from '../../../shared/db/client.ts';
import { olderThan, pageOf } from '../../../shared/db/cursor.ts';
import { currentOrigin, type Origin } from '../../../shared/telemetry/origin.ts';
import { baseStates, type BaseState } from '../domain.ts';
import { z } from 'zod';

const baseState = z.enum(baseStates);

export interface Base extends Origin {
  readonly id: string;
  readonly domainId: string;
  readonly websiteKey: string;
  readonly kbUuid: string | null;
  readonly kbName: string;
  readonly websiteUrl: string;
  readonly databaseId: string | null;
  readonly state: BaseState;
  readonly indexingJobUuid: string | null;
  readonly attempt: number;
  readonly intentAt: Date | null;
  readonly attachedAt: Date | null;
  readonly createdAt: Date;
  /** Of the claim that this row was read under: one of its own for each, so that a run which lost its lease can save nothing. */
  readonly leaseOwner: string | null;
}

/** A base in the hands of one worker, with ages by the database's clock, milliseconds. */
export interface ClaimedBase extends Base {
  readonly ageMs: number;
  readonly stateAgeMs: number;
  /** Of the intent to create it, null when none is committed. */
  readonly intentAgeMs: number | null;
}

/** What a step may change of a base. */
export interface BaseChange {
  readonly state?: BaseState;
  readonly kbUuid?: string | null;
  readonly databaseId?: string;
  readonly indexingJobUuid?: string | null;
  readonly intentAt?: Date | null;
  readonly attempt?: number;
  readonly nextAt?: Date;
  readonly failureCode?: string;
  readonly failureDetail?: string;
}

export const insertBase = async (
  tx: Transaction,
  base: { id: string; domainId: string; websiteKey: string; websiteUrl: string; kbName: string },
): Promise<void> => {
  await tx.knowledgeBase.create({ data: { ...base, ...currentOrigin(), state: 'uploading' } });
};

/** A base that was packed goes back to the request that its first document came with. */
export const takeOrigin = async (tx: Transaction, id: string): Promise<void> => {
  await tx.$executeRaw`
    update knowledge_bases base
    set correlation_id = first.correlation_id, causation_id = first.causation_id, traceparent = first.traceparent
    from (
      select job.correlation_id, job.causation_id, job.traceparent
      from documents document join jobs job on job.id = document.job_id
      where document.base_id = ${id}::uuid order by document.created_at limit 1) first
    where base.id = ${id}::uuid`;
};

// Of one domain at the most, so that whoever brings much leaves room for the others.
const perDomainMax = 2;

const agesRow = z.object({
  id: z.string(),
  age_ms: z.number(),
  state_age_ms: z.number(),
  intent_age_ms: z.number().nullable(),
});

/**
 * Takes bases whose next step is due, for `leaseMs`: of several replicas each base goes to one, and domains take turns. Due
 * are all states: those that wait for a message are looked after now and then. A base that failed is left alone once it is
 * gone from the cloud.
 */
export const claimBases = async (
  tx: Transaction,
  claim: { readonly owner: string; readonly leaseMs: number; readonly limit: number },
): Promise<readonly ClaimedBase[]> => {
  const rows = await tx.$queryRaw<unknown[]>`
    with due as (
      select id, next_at, row_number() over (partition by domain_id order by next_at, id) + (
        select count(*) from knowledge_bases busy where busy.domain_id = base.domain_id and busy.lease_until > now()
      ) as place
      from knowledge_bases base
      where next_at <= now() and (lease_until is null or lease_until < now())
        and (state <> 'failed' or kb_uuid is not null or intent_at is not null))
    update knowledge_bases set lease_owner = ${claim.owner}, lease_until = now() + ${claim.leaseMs} * interval '1 millisecond'
    where id in (
      select base.id from knowledge_bases base join due on due.id = base.id
      where due.place <= ${perDomainMax} and base.next_at <= now()
        and (base.lease_until is null or base.lease_until < now())
      order by due.place, due.next_at limit ${claim.limit} for update of base skip locked)
    returning id::text, (extract(epoch from now() - created_at) * 1000)::float8 as age_ms,
      (extract(epoch from now() - state_at) * 1000)::float8 as state_age_ms,
      (extract(epoch from now() - intent_at) * 1000)::float8 as intent_age_ms`;
  const ages = new Map(
    z
      .array(agesRow)
      .parse(rows)
      .map((row) => [row.id, row]),
  );
  const found = await tx.knowledgeBase.findMany({ where: { id: { in: [...ages.keys()] } } });
  return found.flatMap((row) => {
    const age = ages.get(row.id);
    return age === undefined
      ? []
      : [{ ...asBase(row), ageMs: age.age_ms, stateAgeMs: age.state_age_ms, intentAgeMs: age.intent_age_ms }];
  });
};

/** Saves a step's outcome and gives the lease back. False when the lease was lost meanwhile: nothing was saved. */
export const saveStep = async (tx: Transaction, base: Base, change: BaseChange): Promise<boolean> => {
  const saved = await tx.knowledgeBase.updateMany({
    where: { id: base.id, leaseOwner: base.leaseOwner, state: base.state },
    data: {
      ...change,
      ...(change.state === undefined || change.state === base.state ? {} : { stateAt: new Date() }),
      leaseOwner: null,
      leaseUntil: null,
      updatedAt: new Date(),
    },
  });
  return saved.count === 1;
};

/** Changes a base in the middle of a step, keeping the lease. False when the lease was lost. */
export const saveWithinStep = async (tx: Transaction, base: Base, change: BaseChange) => {
  const saved = await tx.knowledgeBase.updateMany({
    where: { id: base.id, leaseOwner: base.leaseOwner, state: base.state },
    data: { ...change, updatedAt: new Date() },
  });
  return saved.count === 1;
};

/** Commits that the base is about to be created, and renews the lease for it. False when the lease is not alive any more. */
export const saveIntent = async (tx: Transaction, base: Base, leaseMs: number): Promise<boolean> => {
  const saved = await tx.$executeRaw`
    update knowledge_bases
    set intent_at = now(), lease_until = now() + ${leaseMs} * interval '1 millisecond', updated_at = now()
    where id = ${base.id}::uuid and lease_owner = ${base.leaseOwner} and state = ${base.state} and lease_until > now()`;
  return saved === 1;
};

export const findBase = async (tx: Transaction, id: string): Promise<Base | null> => {
  const row = await tx.knowledgeBase.findUnique({ where: { id } });
  return row === null ? null : asBase(row);
};

/** As `findBase`; others who lock it wait until the transaction ends. */
export const lockBase = async (tx: Transaction, id: string): Promise<Base | null> => {
  await tx.$executeRaw`select 1 from knowledge_bases where id = ${id}::uuid for update`;
  return findBase(tx, id);
};

export const findBaseByCloudId = async (tx: Transaction, kbUuid: string): Promise<Base | null> => {
  const row = await tx.knowledgeBase.findUnique({ where: { kbUuid } });
  return row === null ? null : asBase(row);
};

/** A domain's website key and URL, from any base of it; null before its first. */
export const findWebsite = (tx: Transaction, domainId: string) =>
  tx.knowledgeBase.findFirst({ where: { domainId }, select: { websiteKey: true, websiteUrl: true } });

/**
 * Moves a base on when something outside of its steps happened; its next step is due at once or after `afterMs`, and a step
 * under way can save nothing any more. The intent of a creation stays: what that may still make has to be found.
 */
export const moveBase = async (tx: Transaction, base: Base, state: BaseState, afterMs = 0): Promise<void> => {
  await tx.$executeRaw`
    update knowledge_bases set
      state = ${state}, state_at = now(), next_at = now() + ${afterMs} * interval '1 millisecond', attempt = 0,
      lease_owner = null, lease_until = null, updated_at = now()
    where id = ${base.id}::uuid`;
};

/**
 * The ids of those that nobody here has a claim to: no row holds them, and none of their name still waits for its own.
 */
export const selectUnclaimed = async (
  client: Transaction,
  found: readonly { readonly uuid: string; readonly name: string }[],
): Promise<readonly string[]> => {
  const rows = await client.$queryRaw<{ uuid: string }[]>`
    select found.uuid
    from unnest(${found.map(({ uuid }) => uuid)}::text[], ${found.map(({ name }) => name)}::text[]) as found (uuid, name)
    where not exists (
      select from knowledge_bases base
      where base.kb_uuid = found.uuid
        or (base.kb_name = found.name and base.kb_uuid is null
          and (base.state <> 'failed' or base.intent_at is not null)))`;
  return rows.map(({ uuid }) => uuid);
};

export const markAttached = async (tx: Transaction, base: Base, at: Date): Promise<void> => {
  await tx.knowledgeBase.update({ where: { id: base.id }, data: { attachedAt: at, updatedAt: at } });
};

export const deleteBase = async (tx: Transaction, id: string): Promise<void> => {
  await tx.knowledgeBase.deleteMany({ where: { id } });
};

export const listBasesOfDomain = async (tx: Transaction, domainId: string): Promise<readonly Base[]> =>
  (await tx.knowledgeBase.findMany({ where: { domainId } })).map(asBase);

/**
 * The database cluster that a new base shares, or `first` when there is none yet, or `wait` while another base is getting
 * the first one: two at once would make two clusters, and two bills. Serialised by an advisory lock of the transaction. A
 * cluster outlives its bases, so those that failed or go tell of it too.
 */
export const chooseDatabase = async (tx: Transaction, baseId: string): Promise<{ id: string } | 'first' | 'wait'> => {
  await tx.$executeRaw`select pg_advisory_xact_lock(hashtext('parley.knowledge.first_database'))`;
  const known = await tx.knowledgeBase.findFirst({
    where: { databaseId: { not: null } },
    select: { databaseId: true },
    orderBy: { createdAt: 'asc' },
  });
  if (known?.databaseId !== undefined && known.databaseId !== null) return { id: known.databaseId };
  const underWay = await tx.knowledgeBase.count({
    where: {
      id: { not: baseId },
      state: { in: ['creating', 'waiting_database'] },
      OR: [{ intentAt: { not: null } }, { kbUuid: { not: null } }],
    },
  });
  return underWay === 0 ? 'first' : 'wait';
};

/** How many bases the cloud has of ours besides this one, or is about to have. */
export const countOthersInCloud = (tx: Transaction, baseId: string): Promise<number> =>
  tx.knowledgeBase.count({
    where: { id: { not: baseId }, OR: [{ intentAt: { not: null } }, { kbUuid: { not: null } }] },
  });

/** Lets no further base be made on a cluster that is lost. */
export const forgetDatabase = async (tx: Transaction, databaseId: string): Promise<void> => {
  await tx.knowledgeBase.updateMany({ where: { databaseId }, data: { databaseId: null } });
};

/** Newest first; of all domains without `domainId`. Only bases that the cloud has. */
export const listBases = async (
  tx: Transaction,
  page: { readonly domainId: string | undefined; readonly limit: number; readonly cursor: string | undefined },
) => {
  const where = { kbUuid: { not: null }, ...(page.domainId === undefined ? {} : { domainId: page.domainId }) };
  const [rows, total] = await Promise.all([
    tx.knowledgeBase.findMany({
      where: { ...where, ...olderThan(page.cursor) },
      orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
      take: page.limit + 1,
    }),
    tx.knowledgeBase.count({ where }),
  ]);
  return { ...pageOf(rows.map(asBase), page.limit, (row) => row), total };
};

const asBase = (row: Omit<Base, 'state'> & { readonly state: string }): Base => ({
  ...row,
  state: baseState.parse(row.state),
});
