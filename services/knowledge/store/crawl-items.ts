import { z } from 'zod';
import { sha256Hex } from '../../../shared/crypto/hash.ts';
import type { Transaction } from '../../../shared/db/client.ts';
import type { Address, CrawledPage, Visit } from '../crawl/port.ts';
import { pageKey } from '../crawl/site-url.ts';

/** What all spellings of an address have in common, short enough for an index. */
export const keyOfUrl = (url: string): string => sha256Hex(pageKey(url)).slice(0, 32);

/** An address in the list. */
export type CrawlItem = Omit<Visit, 'remembered'>;

const itemRow = z.object({
  position: z.number(),
  name: z.string(),
  kind: z.enum(['page', 'sitemap', 'guess', 'file']),
  depth: z.number(),
  tries: z.number(),
});

/** The address whose turn it is: nearest first, and of those the one found first. */
export const nextItem = async (client: Transaction, jobId: string): Promise<CrawlItem | undefined> => {
  const [row] = await client.$queryRaw<unknown[]>`
    select position, name, kind, depth, tries from job_items
    where job_id = ${jobId}::uuid and state = 'found' order by depth, position limit 1`;
  if (row === undefined) return undefined;
  const { name, ...item } = itemRow.parse(row);
  return { ...item, url: name };
};

const countsRow = z.object({
  size: z.number(),
  position: z.number(),
  files: z.number(),
  sitemaps: z.number(),
  tried: z.number(),
  kept: z.number(),
  done: z.number(),
});
export type CrawlCounts = z.infer<typeof countsRow>;

/** How far a crawl has got. `size` is of its list, `position` the next one free; `tried` and `kept` are of pages. */
export const countItems = async (client: Transaction, jobId: string): Promise<CrawlCounts> => {
  const [row] = await client.$queryRaw<unknown[]>`
    select count(*)::int as size, coalesce(max(position), -1) + 1 as position,
      count(*) filter (where kind = 'file')::int as files,
      count(*) filter (where kind in ('sitemap', 'guess'))::int as sitemaps,
      count(*) filter (where kind = 'page' and state <> 'found')::int as tried,
      count(*) filter (where change is not null)::int as kept,
      count(*) filter (where state <> 'found')::int as done
    from job_items where job_id = ${jobId}::uuid and key is not null`;
  return countsRow.parse(row);
};

/** The list of a crawl at its beginning. */
export const insertStart = async (tx: Transaction, jobId: string, start: Omit<Address, 'depth'>): Promise<void> => {
  const { url, kind } = start;
  await tx.jobItem.deleteMany({ where: { jobId } });
  const data = { jobId, position: 0, name: url, state: 'found', key: keyOfUrl(url), kind, depth: 1 };
  await tx.jobItem.create({ data });
};

const addedRow = z.object({ fresh: z.number(), added: z.number() });

/**
 * Puts addresses that the list does not have yet at its end, as many as there is `room` for; tells how many were new, and how
 * many of those found room.
 */
export const addItems = async (
  tx: Transaction,
  jobId: string,
  addresses: readonly Address[],
  { position, room }: { readonly position: number; readonly room: number },
): Promise<z.infer<typeof addedRow>> => {
  if (addresses.length === 0) return { fresh: 0, added: 0 };
  const list = addresses.map(({ url, kind, depth }) => ({ url, kind, depth, key: keyOfUrl(url) }));
  const [row] = await tx.$queryRaw<unknown[]>`
    with told as (
      select distinct on (key) url, kind, depth, key, place
      from rows from (
        jsonb_to_recordset(${JSON.stringify(list)}::jsonb) as (url text, kind text, depth int, key text)
      ) with ordinality as told (url, kind, depth, key, place) order by key, place),
    fresh as (
      select * from told where not exists (
        select from job_items known
        where known.job_id = ${jobId}::uuid and (known.key = told.key or known.alias = told.key))),
    added as (
      insert into job_items (job_id, position, name, state, code, reason, key, kind, depth)
      select ${jobId}::uuid, ${position}::int - 1 + row_number() over (order by place), url,
        case kind when 'file' then 'skipped' else 'found' end,
        case kind when 'file' then 'not_a_page' end,
        case kind when 'file' then 'by its name it is no page' end, key, kind, depth
      from fresh order by place limit ${Math.max(0, room)}::int
      returning 1)
    select (select count(*) from fresh)::int as fresh, (select count(*) from added)::int as added`;
  return addedRow.parse(row);
};

/** Writes down what came of an address. */
export const closeItem = async (
  tx: Transaction,
  jobId: string,
  { position, url }: CrawlItem,
  end: { readonly page: CrawledPage; readonly documentId?: string; readonly change?: string },
): Promise<void> => {
  const { page, documentId = null, change = null } = end;
  const alias = keyOfUrl(page.url) === keyOfUrl(url) ? null : keyOfUrl(page.url);
  const { state, code = null, reason = null, hash = null } = page;
  await tx.jobItem.update({
    where: { jobId_position: { jobId, position } },
    data: { name: page.url, state, code, reason, hash, alias, documentId, change },
  });
};

export const dropItem = async (tx: Transaction, jobId: string, { position }: CrawlItem): Promise<void> => {
  await tx.jobItem.deleteMany({ where: { jobId, position } });
};

export const countTry = async (client: Transaction, jobId: string, { position }: CrawlItem): Promise<void> => {
  await client.jobItem.updateMany({ where: { jobId, position }, data: { tries: { increment: 1 } } });
};

/** Whether another address of the list is this page, or leads to it. */
export const hasOther = async (client: Transaction, jobId: string, url: string, item: CrawlItem): Promise<boolean> => {
  const key = keyOfUrl(url);
  const where = { jobId, position: { not: item.position }, OR: [{ key }, { alias: key }] };
  return (await client.jobItem.findFirst({ where, select: { position: true } })) !== null;
};

/** The page of the list that reads the same. */
export const findTwin = async (client: Transaction, jobId: string, hash: string, item: CrawlItem) => {
  const where = { jobId, hash, position: { not: item.position }, change: { not: null } };
  return (await client.jobItem.findFirst({ where, orderBy: { position: 'asc' }, select: { name: true } }))?.name;
};

/** What was never looked at says why. Answers how many there are. */
export const closeRest = async (tx: Transaction, jobId: string, reason: string): Promise<number> => {
  const data = { state: 'skipped', code: 'limit_reached', reason };
  const { count } = await tx.jobItem.updateMany({ where: { jobId, state: 'found', key: { not: null } }, data });
  return count;
};

/** Why nothing could be read: what is said of the address that was looked at first. */
export const firstReason = async (tx: Transaction, jobId: string): Promise<string | null> =>
  (await tx.jobItem.findFirst({ where: { jobId, reason: { not: null } }, orderBy: { position: 'asc' } }))?.reason ??
  null;
