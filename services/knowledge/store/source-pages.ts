import { z } from 'zod';
import type { RunChanges } from '../../../shared/contracts/knowledge-sources.ts';
import type { Transaction } from '../../../shared/db/client.ts';

export const countPages = (client: Transaction, sourceId: string): Promise<number> =>
  client.sourcePage.count({ where: { sourceId, state: { not: 'going' } } });

/** Notes the pages that a run has found, new ones too. */
export const notePresent = async (tx: Transaction, sourceId: string, jobId: string): Promise<void> => {
  await tx.$executeRaw`
    insert into source_pages (source_id, key, name, job_id, state)
    select distinct on (coalesce(alias, key)) ${sourceId}::uuid, coalesce(alias, key), name, ${jobId}::uuid, 'present'
    from job_items where job_id = ${jobId}::uuid and change is not null
    order by coalesce(alias, key), position
    on conflict (source_id, key) do update set name = excluded.name, job_id = excluded.job_id, state = 'present'`;
};

/**
 * Marks pages that a run did not find any more, and tells how many. A page that only could not be read is not one of them;
 * and when the run may have missed pages, only those that it looked at are.
 */
export const markVanished = (
  tx: Transaction,
  sourceId: string,
  { jobId, isCut }: { readonly jobId: string; readonly isCut: boolean },
): Promise<number> =>
  tx.$executeRaw`
    update source_pages page set state = 'vanished'
    where source_id = ${sourceId}::uuid and state = 'present' and job_id <> ${jobId}::uuid and case
      when exists (
        select from job_items item where item.job_id = ${jobId}::uuid and item.key = page.key
          and (item.state = 'skipped' and item.code <> 'limit_reached' or item.code = 'not_found')) then true
      when exists (select from job_items item where item.job_id = ${jobId}::uuid and item.key = page.key) then false
      else not ${isCut} end`;

/** Puts the pages that vanished into the list of a run, for people to see. */
export const listVanished = async (
  tx: Transaction,
  sourceId: string,
  { jobId, change }: { readonly jobId: string; readonly change: 'pruned' | 'vanished' },
): Promise<void> => {
  await tx.$executeRaw`
    update job_items item set change = ${change} from source_pages page
    where item.job_id = ${jobId}::uuid and page.source_id = ${sourceId}::uuid and page.state = 'vanished'
      and page.key = item.key`;
  await tx.$executeRaw`
    insert into job_items (job_id, position, name, state, code, reason, key, kind, depth, change)
    select ${jobId}::uuid, (select max(position) from job_items where job_id = ${jobId}::uuid)
        + row_number() over (order by name), name, 'skipped', 'vanished', 'the site does not lead to it any more',
      key, 'page', 1, ${change}
    from source_pages page where source_id = ${sourceId}::uuid and state = 'vanished' and not exists (
      select from job_items item where item.job_id = ${jobId}::uuid and item.key = page.key)`;
};

/** What was decided about the pages that vanished: they go, or they are no longer the source's. */
export const decideVanished = async (tx: Transaction, sourceId: string, prune: boolean): Promise<void> => {
  const where = { sourceId, state: 'vanished' };
  if (prune) await tx.sourcePage.updateMany({ where, data: { state: 'going' } });
  else await tx.sourcePage.deleteMany({ where });
};

export const letAllGo = async (tx: Transaction, sourceId: string): Promise<void> => {
  await tx.sourcePage.updateMany({ where: { sourceId }, data: { state: 'going' } });
};

/** Takes the next few pages that go out of the source; names those that no other source of the domain has. */
export const takeGoing = async (tx: Transaction, sourceId: string, limit: number): Promise<readonly string[]> => {
  const rows = await tx.$queryRaw<{ name: string; is_other: boolean }[]>`
    with taken as (
      delete from source_pages where source_id = ${sourceId}::uuid and key in (
        select key from source_pages where source_id = ${sourceId}::uuid and state = 'going' limit ${limit}::int)
      returning name)
    select name, exists (
      select from source_pages other join sources on sources.id = other.source_id
      where other.name = taken.name and other.source_id <> ${sourceId}::uuid and other.state = 'present'
        and sources.domain_id = (select domain_id from sources where id = ${sourceId}::uuid)) as is_other
    from taken`;
  return rows.flatMap(({ name, is_other }) => (is_other ? [] : [name]));
};

const changesRow = z.object({
  added: z.number(),
  changed: z.number(),
  unchanged: z.number(),
  pruned: z.number(),
  vanished: z.number(),
  failed: z.number(),
});

/** What a run did, counted. */
export const countChanges = async (tx: Transaction, jobId: string): Promise<RunChanges> => {
  const [row] = await tx.$queryRaw<unknown[]>`
    select count(*) filter (where change = 'added')::int as added, count(*) filter (where change = 'changed')::int as changed,
      count(*) filter (where change = 'unchanged')::int as unchanged,
      count(*) filter (where change = 'pruned')::int as pruned,
      count(*) filter (where change = 'vanished')::int as vanished,
      count(*) filter (where change is null and state = 'failed')::int as failed
    from job_items where job_id = ${jobId}::uuid`;
  return changesRow.parse(row);
};
