import { z } from 'zod';
import type { Transaction } from '../../../shared/db/client.ts';
import { decodeCursor, pageOf } from '../../../shared/db/cursor.ts';
import { Prisma } from '../../../shared/db/generated/client.ts';
import { asDocument, withoutText, type Document } from './documents.ts';

/** A document as it stands: its newest version, and which one answers rest on. */
export interface PresentDocument extends Document {
  /** Null while no version is in use: none is indexed yet, or the agent was not given it. */
  readonly liveVersion: number | null;
}

/** Documents of a domain, newest first, each once: as its newest version stands that is not on its way out. */
export const listPresent = async (
  tx: Transaction,
  page: { readonly domainId: string; readonly limit: number; readonly cursor: string | undefined },
) => {
  const after = decodeCursor(page.cursor);
  const before =
    after === undefined
      ? Prisma.empty
      : Prisma.sql`where (present.created_at, present.id) < (${after.createdAt}, ${after.id}::uuid)`;
  const [rows, total] = await Promise.all([
    readPresent(tx, Prisma.sql`domain_id = ${page.domainId}::uuid`, before, page.limit + 1),
    countPresent(tx, page.domainId),
  ]);
  return { ...pageOf(rows, page.limit, (row) => row), total };
};

/** Null also for another domain's. */
export const findPresent = async (
  tx: Transaction,
  domainId: string,
  originalId: string,
): Promise<PresentDocument | null> => {
  const which = Prisma.sql`domain_id = ${domainId}::uuid and original_id = ${originalId}::uuid`;
  const [row] = await readPresent(tx, which, Prisma.empty, 1);
  return row ?? null;
};

const countPresent = async (tx: Transaction, domainId: string): Promise<number> => {
  const rows = await tx.$queryRaw<{ count: number }[]>`
    select count(distinct original_id)::int as count from documents where domain_id = ${domainId}::uuid and not is_profile`;
  return rows[0]?.count ?? 0;
};

const presentRow = z.object({ id: z.string(), live_version: z.number().nullable() });

// A copy that is under way is nobody's business while the one it replaces is indexed.
const readPresent = async (
  tx: Transaction,
  which: Prisma.Sql,
  before: Prisma.Sql,
  limit: number,
): Promise<readonly PresentDocument[]> => {
  const found = await tx.$queryRaw<unknown[]>`
    with present as (
      select distinct on (original_id) original_id, id, created_at from documents where ${which} and not is_profile
      order by original_id, (state <> 'removing') desc, version desc, (state = 'indexed') desc, copy desc)
    select present.id::text, (
      select max(live.version) from documents live join knowledge_bases base on base.id = live.base_id
      where live.original_id = present.original_id and live.state = 'indexed' and base.attached_at is not null
    ) as live_version
    from present ${before} order by present.created_at desc, present.id desc limit ${limit}::int`;
  const ids = z.array(presentRow).parse(found);
  const rows = await tx.document.findMany({ where: { id: { in: ids.map(({ id }) => id) } }, ...withoutText });
  const byId = new Map(rows.map((row) => [row.id, row]));
  return ids.flatMap(({ id, live_version }) => {
    const row = byId.get(id);
    return row === undefined ? [] : [{ ...asDocument(row), liveVersion: live_version }];
  });
};
