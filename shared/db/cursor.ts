import { z } from 'zod';
import { Failure } from '../errors/failure.ts';

/** A place in a list that is ordered newest first, by moment and then by id, a uuid. */
export interface Place {
  readonly createdAt: Date;
  readonly id: string;
}

// Postgres refuses an id that is no uuid and has no year 0; both would come back as an error of ours.
const placeSchema = z.tuple([
  z.iso
    .datetime()
    .transform((text) => new Date(text))
    .refine((moment) => moment.getTime() >= 0),
  z.guid(),
]);

/** Opaque to callers. */
export const encodeCursor = ({ createdAt, id }: Place): string =>
  Buffer.from(JSON.stringify([createdAt.toISOString(), id])).toString('base64url');

/** Undefined for the first page; throws `invalid_request` for a cursor that is not one of ours. */
export const decodeCursor = (cursor: string | undefined): Place | undefined => {
  if (cursor === undefined) return undefined;
  try {
    const [createdAt, id] = placeSchema.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')));
    return { createdAt, id };
  } catch (thrown) {
    throw new Failure('invalid_request', { detail: 'The cursor is not one of ours', cause: thrown });
  }
};

/** The condition for the rows behind a cursor, of any table with these two columns; empty for the first page. */
export const olderThan = (cursor: string | undefined) => {
  const after = decodeCursor(cursor);
  if (after === undefined) return {};
  return { OR: [{ createdAt: { lt: after.createdAt } }, { createdAt: after.createdAt, id: { lt: after.id } }] };
};

/** The page's rows and where the next one starts, from one row more than was asked for. */
export const pageOf = <Row>(
  rows: readonly Row[],
  limit: number,
  placeOf: (row: Row) => Place,
): { readonly rows: readonly Row[]; readonly next_cursor: string | null } => {
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return { rows: page, next_cursor: rows.length > limit && last !== undefined ? encodeCursor(placeOf(last)) : null };
};
