import { z } from 'zod';
import { documentState, jobPhase, jobView, type JobPhase } from '../../../shared/contracts/knowledge.ts';
import type { Transaction } from '../../../shared/db/client.ts';
import { olderThan, pageOf } from '../../../shared/db/cursor.ts';
import { currentOrigin, type Origin } from '../../../shared/telemetry/origin.ts';
import type { Prisma } from '../../../shared/db/generated/client.ts';

/** What a job was asked to do, as it lies in the database. */
export const jobRequest = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('upload') }),
  z.object({ kind: z.literal('reindex') }),
  z.object({ kind: z.literal('rollback'), snapshot_id: z.uuid() }),
  z.object({
    kind: z.literal('crawl'),
    url: z.string(),
    depth_max: z.number(),
    links_max: z.number(),
    // Not there in crawls that an earlier release accepted.
    include: z.array(z.string()).default([]),
    exclude: z.array(z.string()).default([]),
    starts_at: z.enum(['page', 'sitemap']).default('page'),
    chunk_size: z.number(),
    use_semantic: z.boolean(),
  }),
  /** Of the documents that its items name. */
  z.object({
    kind: z.literal('remove'),
    because: z.enum(['asked', 'replaced', 'cancelled', 'rolled_back', 'vanished']).default('asked'),
  }),
]);
export type JobRequest = z.infer<typeof jobRequest>;

export interface Job extends Origin {
  readonly id: string;
  readonly domainId: string;
  readonly kind: z.infer<typeof jobView.shape.kind>;
  readonly phase: JobPhase;
  readonly request: JobRequest;
  readonly done: number;
  readonly total: number;
  readonly bytes: number;
  readonly attempt: number;
  readonly spentMs: number;
  readonly isCut: boolean;
  readonly sourceId: string | null;
  readonly errorCode: string | null;
  readonly errorMessage: string | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  /** Of the claim that this row was read under. */
  readonly leaseOwner: string | null;
}

export const insertJob = async (
  tx: Transaction,
  job: {
    id: string;
    domainId: string;
    phase: JobPhase;
    request: JobRequest;
    total: number;
    bytes: number;
    /** Of what the house does by itself: false. */
    isAsked?: boolean;
    sourceId?: string;
  },
): Promise<void> => {
  await tx.job.create({ data: { ...job, ...currentOrigin(), kind: job.request.kind } });
};

export interface NewItem {
  readonly name: string;
  readonly state: string;
  readonly reason?: string;
  readonly documentId?: string;
}

/** Replaces the items of a job. */
export const replaceItems = async (tx: Transaction, jobId: string, items: readonly NewItem[]): Promise<void> => {
  await tx.jobItem.deleteMany({ where: { jobId } });
  const data: Prisma.JobItemCreateManyInput[] = items.map((item, position) => ({ ...item, jobId, position }));
  await tx.jobItem.createMany({ data });
};

export const updateJob = async (
  tx: Transaction,
  id: string,
  change: {
    readonly phase?: JobPhase;
    readonly done?: number;
    readonly total?: number;
    readonly bytes?: number;
    readonly attempt?: number;
    readonly spentMs?: number;
    readonly isCut?: boolean;
    readonly nextAt?: Date;
    readonly errorCode?: string;
    readonly errorMessage?: string;
  },
): Promise<void> => {
  await tx.job.updateMany({ where: { id }, data: { ...change, updatedAt: new Date() } });
};

/** How long a job is left alone after its process fell silent: longer than any one page of a crawl may take. */
export const jobLeaseMs = 120_000;

/** Tells that a long job is still being worked on. False when another run has it by now. */
export const renewLease = async (tx: Transaction, job: Job, until: Date): Promise<boolean> => {
  const renewed = await tx.job.updateMany({
    where: { id: job.id, leaseOwner: job.leaseOwner },
    data: { leaseUntil: until },
  });
  return renewed.count === 1;
};

/** Changes a job that we hold and that has not ended. False when it has, or another run has it. */
export const saveJob = async (
  tx: Transaction,
  { id, leaseOwner }: Job,
  change: Parameters<typeof updateJob>[2],
): Promise<boolean> => {
  const saved = await tx.job.updateMany({
    where: { id, leaseOwner, phase: { in: ['accepted', 'crawling', 'removing'] } },
    data: { ...change, updatedAt: new Date() },
  });
  return saved.count === 1;
};

/** How many jobs of one kind a domain may have under way: a site that takes long to crawl leaves room for the others. */
const perDomainMax = { crawl: 1, remove: 2 } as const;

/**
 * Takes crawls or removals that are due, for `leaseMs`, and counts the attempt; domains take turns. Uploads have no step of
 * their own: their documents have.
 */
export const claimJobs = async (
  tx: Transaction,
  claim: {
    readonly kind: 'crawl' | 'remove';
    readonly owner: string;
    readonly leaseMs: number;
    readonly limit: number;
  },
): Promise<readonly Job[]> => {
  const rows = await tx.$queryRaw<{ id: string }[]>`
    with due as (
      select id, next_at, row_number() over (partition by domain_id order by next_at, id) + (
        select count(*) from jobs busy
        where busy.domain_id = job.domain_id and busy.kind = ${claim.kind} and busy.lease_until > now()
      ) as place
      from jobs job
      where kind = ${claim.kind} and phase in ('accepted', 'crawling', 'removing') and next_at <= now()
        and (lease_until is null or lease_until < now()))
    update jobs set lease_owner = ${claim.owner}, lease_until = now() + ${claim.leaseMs} * interval '1 millisecond',
      attempt = attempt + 1
    where id in (
      select job.id from jobs job join due on due.id = job.id
      where due.place <= ${perDomainMax[claim.kind]} and job.phase in ('accepted', 'crawling', 'removing')
        and (job.lease_until is null or job.lease_until < now())
      order by due.place, due.next_at limit ${claim.limit} for update of job skip locked)
    returning id`;
  const found = await tx.job.findMany({ where: { id: { in: rows.map((row) => row.id) } } });
  return found.map(asJob);
};

/** Gives the lease back. */
export const releaseJob = async (tx: Transaction, { id, leaseOwner }: Job): Promise<void> => {
  await tx.job.updateMany({ where: { id, leaseOwner }, data: { leaseOwner: null, leaseUntil: null } });
};

export const findJob = async (tx: Transaction, id: string): Promise<Job | null> => {
  const row = await tx.job.findUnique({ where: { id } });
  return row === null ? null : asJob(row);
};

/** What people have started, newest first. */
export const listAskedJobs = async (
  tx: Transaction,
  page: { readonly domainId: string; readonly limit: number; readonly cursor: string | undefined },
) => {
  const where = { domainId: page.domainId, isAsked: true };
  const [rows, total] = await Promise.all([
    tx.job.findMany({
      where: { ...where, ...olderThan(page.cursor) },
      orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
      take: page.limit + 1,
    }),
    tx.job.count({ where }),
  ]);
  return { ...pageOf(rows.map(asJob), page.limit, (row) => row), total };
};

/** How long the domain's last jobs of this kind took that had one thing to do, milliseconds; null before there were three. */
export const typicalMs = async (tx: Transaction, { domainId, kind }: Job): Promise<number | null> => {
  const [row] = await tx.$queryRaw<{ count: number; ms: number | null }[]>`
    select count(*)::int as count,
      percentile_cont(0.5) within group (order by extract(epoch from updated_at - created_at) * 1000)::float8 as ms
    from (
      select created_at, updated_at from jobs
      where domain_id = ${domainId}::uuid and kind = ${kind} and phase = 'done' and total = 1
      order by created_at desc limit 20) last`;
  return row === undefined || row.count < 3 ? null : row.ms;
};

/** As `findJob`; others who change it wait until the transaction ends. */
export const lockJob = async (tx: Transaction, id: string): Promise<Job | null> => {
  await tx.$executeRaw`select 1 from jobs where id = ${id}::uuid for update`;
  return findJob(tx, id);
};

/** In one order, so that two who lock several never wait for each other. */
export const lockJobs = async (tx: Transaction, ids: readonly string[]): Promise<void> => {
  await tx.$executeRaw`select 1 from jobs where id = any(${[...ids]}::uuid[]) order by id for update`;
};

const progressRow = z.object({
  job_id: z.string(),
  state: documentState,
  is_attached: z.boolean(),
  error_code: z.string().nullable(),
  error_message: z.string().nullable(),
});

/**
 * The documents of jobs, as far as their jobs' phases depend on them: what a job put in, and what it waits for to be gone.
 */
export const documentProgress = async (tx: Transaction, jobIds: readonly string[]) => {
  const rows = await tx.$queryRaw<unknown[]>`
    select job.id::text as job_id, document.state, base.attached_at is not null as is_attached,
      document.error_code, document.error_message
    from unnest(${[...jobIds]}::uuid[]) as job (id)
      cross join lateral (
        select id from documents where job_id = job.id
        union
        select document_id from job_items where job_id = job.id) its
      join documents document on document.id = its.id left join knowledge_bases base on base.id = document.base_id
    order by document.created_at, document.id`;
  return z.array(progressRow).parse(rows);
};

/** A row with its words read. */
export const asJob = (
  row: Omit<Job, 'kind' | 'phase' | 'request'> & { kind: string; phase: string; request: unknown },
): Job => ({
  ...row,
  kind: jobView.shape.kind.parse(row.kind),
  phase: jobPhase.parse(row.phase),
  request: jobRequest.parse(row.request),
});
