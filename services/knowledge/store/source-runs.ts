import { z } from 'zod';
import { runChanges, runItem, type RunView } from '../../../shared/contracts/knowledge-sources.ts';
import type { Transaction } from '../../../shared/db/client.ts';
import { Failure } from '../../../shared/errors/failure.ts';
import { jobPhase } from '../../../shared/contracts/knowledge.ts';

const runsKept = 20;

const viewRun = (row: {
  id: string;
  phase: string;
  isCut: boolean;
  changes: unknown;
  errorCode: string | null;
  errorMessage: string | null;
  createdAt: Date;
  updatedAt: Date;
}): RunView => ({
  job_id: row.id,
  phase: jobPhase.parse(row.phase),
  is_cut: row.isCut,
  changes: row.changes === null ? null : runChanges.parse(row.changes),
  error: row.errorCode === null ? null : { code: row.errorCode, message: row.errorMessage ?? row.errorCode },
  created_at: row.createdAt.toISOString(),
  updated_at: row.updatedAt.toISOString(),
});

/** Newest first. */
export const listRuns = async (client: Transaction, sourceId: string, take = runsKept): Promise<readonly RunView[]> =>
  (await client.job.findMany({ where: { sourceId }, orderBy: [{ createdAt: 'desc' }, { id: 'desc' }], take })).map(
    viewRun,
  );

/** Throws `job_unknown`. */
export const findRun = async (client: Transaction, sourceId: string, jobId: string): Promise<RunView> => {
  const row = await client.job.findFirst({ where: { id: jobId, sourceId } });
  if (row === null) throw new Failure('job_unknown');
  return viewRun(row);
};

export const isRunning = async (client: Transaction, sourceId: string): Promise<boolean> =>
  (await client.job.count({ where: { sourceId, phase: { in: ['accepted', 'crawling'] } } })) > 0;

/** Runs beyond the last twenty that have ended go, with their lists. */
export const forgetOldRuns = async (tx: Transaction, sourceId: string): Promise<void> => {
  await tx.$executeRaw`
    delete from jobs where source_id = ${sourceId}::uuid and phase in ('done', 'failed', 'cancelled') and id not in (
      select id from jobs where source_id = ${sourceId}::uuid order by created_at desc, id desc limit ${runsKept}::int)`;
};

const itemRow = runItem.extend({ position: z.number() });

/** What a run did, page by page in its order; those of one change when it is given. */
export const listRunItems = async (
  client: Transaction,
  page: {
    readonly jobId: string;
    readonly change: string | undefined;
    readonly limit: number;
    readonly cursor: string | undefined;
  },
) => {
  const { jobId, limit, change = null } = page;
  const after = page.cursor === undefined ? -1 : z.coerce.number().int().safeParse(page.cursor).data;
  if (after === undefined) throw new Failure('invalid_request', { detail: 'The cursor is not one of ours' });
  const rows = await client.$queryRaw<unknown[]>`
    with page as (
      select position, name as url, code, reason,
        coalesce(change, case when state = 'failed' then 'failed' else 'skipped' end) as change
      from job_items where job_id = ${jobId}::uuid and kind in ('page', 'file') and state <> 'found')
    select page.*, count(*) over ()::int as total from page
    where (${change}::text is null or change = ${change}) order by position`;
  const all = z.array(itemRow).parse(rows);
  const rest = all.filter(({ position }) => position > after);
  const pages = rest.slice(0, limit);
  return { pages, total: all.length, next_cursor: rest.length > limit ? String(pages.at(-1)?.position) : null };
};
