import { z } from 'zod';
import { sourceState, type SourceState } from '../../../shared/contracts/knowledge-sources.ts';
import type { Transaction } from '../../../shared/db/client.ts';
import { olderThan, pageOf } from '../../../shared/db/cursor.ts';

const rowSchema = z.object({ kind: z.enum(['page', 'sitemap']), state: sourceState });

/** A website, or the pages of a sitemap, that is kept in what the bot knows. */
export interface Source {
  readonly id: string;
  readonly domainId: string;
  readonly kind: 'page' | 'sitemap';
  readonly url: string;
  readonly state: SourceState;
  readonly everyMinutes: number;
  readonly depthMax: number;
  readonly pagesMax: number;
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  readonly chunkSize: number;
  readonly useSemantic: boolean;
  readonly nextRunAt: Date;
  readonly createdAt: Date;
}

const asSource = (row: Omit<Source, 'kind' | 'state'> & { kind: string; state: string }): Source => ({
  ...row,
  ...rowSchema.parse(row),
});

export const insertSource = async (tx: Transaction, source: Omit<Source, 'createdAt'>): Promise<void> => {
  const { include, exclude, ...rest } = source;
  await tx.source.create({ data: { ...rest, include: [...include], exclude: [...exclude] } });
};

export const findSource = async (tx: Transaction, id: string): Promise<Source | null> => {
  const row = await tx.source.findUnique({ where: { id } });
  return row === null ? null : asSource(row);
};

/** As `findSource`; others who change it wait until the transaction ends. */
export const lockSource = async (tx: Transaction, id: string): Promise<Source | null> => {
  await tx.$executeRaw`select 1 from sources where id = ${id}::uuid for update`;
  return findSource(tx, id);
};

export const sourcesOfDomain = async (tx: Transaction, domainId: string): Promise<readonly Source[]> =>
  (await tx.source.findMany({ where: { domainId } })).map(asSource);

/** Newest first. */
export const listSources = async (
  tx: Transaction,
  page: { readonly domainId: string; readonly limit: number; readonly cursor: string | undefined },
) => {
  const where = { domainId: page.domainId };
  const rows = await tx.source.findMany({
    where: { ...where, ...olderThan(page.cursor) },
    orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
    take: page.limit + 1,
  });
  const total = await tx.source.count({ where });
  return { ...pageOf(rows.map(asSource), page.limit, (row) => row), total };
};

export const updateSource = async (
  tx: Transaction,
  id: string,
  change: Partial<Pick<Source, 'state' | 'everyMinutes' | 'depthMax' | 'pagesMax' | 'nextRunAt'>> & {
    readonly include?: string[];
    readonly exclude?: string[];
  },
): Promise<void> => {
  await tx.source.updateMany({ where: { id }, data: change });
};

export const deleteSource = async (tx: Transaction, id: string): Promise<void> => {
  await tx.source.deleteMany({ where: { id } });
};

/**
 * Takes sources whose run is due or whose pages are to go, for `leaseMs`; those with a run under way are left alone until it
 * has ended.
 */
export const claimSources = async (
  client: Transaction,
  claim: { readonly leaseMs: number; readonly limit: number },
): Promise<readonly Source[]> => {
  const rows = await client.$queryRaw<{ id: string }[]>`
    update sources set lease_until = now() + ${claim.leaseMs}::float8 * interval '1 millisecond'
    where id in (
      select id from sources source
      where (lease_until is null or lease_until < now()) and (
        state = 'removing'
        or exists (select from source_pages page where page.source_id = source.id and page.state = 'going')
        or (state = 'active' and next_run_at <= now() and not exists (
          select from jobs where jobs.source_id = source.id and jobs.phase in ('accepted', 'crawling'))))
      order by next_run_at limit ${claim.limit}::int for update skip locked)
    returning id::text`;
  const found = await client.source.findMany({ where: { id: { in: rows.map(({ id }) => id) } } });
  return found.map(asSource);
};

export const releaseSource = async (client: Transaction, id: string): Promise<void> => {
  await client.source.updateMany({ where: { id }, data: { leaseUntil: null } });
};
