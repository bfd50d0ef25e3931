import { z } from 'zod';
import type { Transaction } from '../../../shared/db/client.ts';
import { Prisma } from '../../../shared/db/generated/client.ts';
import { Failure } from '../../../shared/errors/failure.ts';

const itemRow = z.object({
  position: z.number(),
  name: z.string(),
  state: z.string(),
  reason: z.string().nullable(),
  code: z.string().nullable(),
  /** By which the outside knows it. */
  document_id: z.string().nullable(),
});
export type JobItemRow = z.infer<typeof itemRow>;

// One that became a document shows the document's state and error.
const itemsOf = (jobId: string): Prisma.Sql => Prisma.sql`
  select item.position, item.name, coalesce(document.state, item.state) as state,
    coalesce(document.error_message, item.reason) as reason, coalesce(document.error_code, item.code) as code,
    document.original_id::text as document_id
  from job_items item left join documents document on document.id = item.document_id
  where item.job_id = ${jobId}::uuid`;

/** At most `limit` items as they stand, in their order; of more, the failed and the open ones. */
export const listItems = async (tx: Transaction, jobId: string, limit: number): Promise<readonly JobItemRow[]> => {
  const rows = await tx.$queryRaw<unknown[]>`
    with item as (${itemsOf(jobId)}), chosen as (
      select * from item
      order by case when state = 'failed' then 0
        when state in ('indexed', 'unchanged', 'skipped', 'read', 'removed', 'replaced') then 2 else 1 end, position
      limit ${limit}::int)
    select * from chosen order by position`;
  return z.array(itemRow).parse(rows);
};

const countRow = z.object({ state: z.string(), count: z.number() });

/** How many items there are in each state. */
export const countItems = async (tx: Transaction, jobId: string): Promise<Readonly<Record<string, number>>> => {
  const rows = await tx.$queryRaw<unknown[]>`
    select state, count(*)::int as count from (${itemsOf(jobId)}) item group by state order by state`;
  return Object.fromEntries(
    z
      .array(countRow)
      .parse(rows)
      .map(({ state, count }) => [state, count]),
  );
};

interface ItemsPage {
  readonly jobId: string;
  readonly limit: number;
  readonly cursor: string | undefined;
  readonly state: string | undefined;
}

/** A page of the items in their order. Throws `invalid_request` for a cursor that is not one of ours. */
export const listItemsPage = async (tx: Transaction, { jobId, limit, cursor, state }: ItemsPage) => {
  const after = positionOf(cursor);
  const items = Prisma.sql`(${itemsOf(jobId)}) item where ${state ?? null}::text is null or state = ${state ?? null}`;
  const rows = z.array(itemRow).parse(
    await tx.$queryRaw`
        select * from (select item.* from ${items}) item where position > ${after}::int order by position
        limit ${limit + 1}::int`,
  );
  const [counted] = await tx.$queryRaw<{ count: number }[]>`select count(*)::int as count from ${items}`;
  const page = rows.slice(0, limit);
  const next_cursor = rows.length > limit ? String(page.at(-1)?.position) : null;
  return { items: page, total: counted?.count ?? 0, next_cursor };
};

const positionOf = (cursor: string | undefined): number => {
  if (cursor === undefined) return -1;
  if (/^\d{1,9}$/.test(cursor)) return Number(cursor);
  throw new Failure('invalid_request', { detail: 'The cursor is not one of ours' });
};

/** The versions that a job put in and that failed, by the ids of their rows. */
export const failedDocuments = async (tx: Transaction, jobId: string): Promise<readonly string[]> => {
  const rows = await tx.$queryRaw<{ id: string }[]>`
    select document.id::text from job_items item join documents document on document.id = item.document_id
    where item.job_id = ${jobId}::uuid and document.state = 'failed' order by item.position`;
  return rows.map(({ id }) => id);
};

/** Whether a crawl could not fetch this page. */
export const hasFailedPage = async (tx: Transaction, jobId: string, url: string): Promise<boolean> =>
  (await tx.jobItem.count({ where: { jobId, name: url, state: 'failed', documentId: null } })) > 0;

/** The documents of a removal that are not gone yet. */
export const itemsToRemove = async (tx: Transaction, jobId: string): Promise<readonly string[]> => {
  const rows = await tx.jobItem.findMany({
    where: { jobId, state: 'removing', documentId: { not: null } },
    select: { documentId: true },
    orderBy: { position: 'asc' },
  });
  return rows.flatMap(({ documentId }) => (documentId === null ? [] : [documentId]));
};

/** The jobs whose lists follow this version. */
export const jobsOfItem = async (tx: Transaction, documentId: string): Promise<readonly string[]> =>
  (await tx.jobItem.findMany({ where: { documentId }, select: { jobId: true } })).map(({ jobId }) => jobId);

/** Versions that have ended stay in their jobs' lists as they ended; what becomes of them is another job's. */
export const settleItems = async (tx: Transaction, documentIds: readonly string[]): Promise<void> => {
  await tx.$executeRaw`
    update job_items item
    set state = document.state, reason = document.error_message, code = document.error_code, document_id = null
    from documents document
    where document.id = item.document_id and document.id = any(${[...documentIds]}::uuid[])
      and document.state in ('indexed', 'failed')`;
};

/** A version is gone: the jobs that had it say so. */
export const markGone = async (tx: Transaction, documentId: string, state: 'removed' | 'replaced'): Promise<void> => {
  await tx.jobItem.updateMany({ where: { documentId }, data: { state, documentId: null } });
};

/** Whether everything that a job put in was removed before it ended. */
export const isAllRemoved = async (tx: Transaction, jobId: string): Promise<boolean> =>
  (await tx.jobItem.count({ where: { jobId } })) > 0 &&
  (await tx.jobItem.count({ where: { jobId, state: { not: 'removed' } } })) === 0;
