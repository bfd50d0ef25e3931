import { DatabaseError } from 'pg';
import { z } from 'zod';
import { Failure } from '../errors/failure.ts';

/**
 * An error out of Prisma or its driver as what the callers above can act on. What the database refused for good (a constraint, bad data,
 * bad SQL) comes back unchanged, for `isUniqueViolation` or as a defect; so does whatever is not the database's. All else
 * has an unknown outcome and becomes `service_unavailable`, which is worth another try.
 */
export const asFailure = (thrown: unknown): unknown => {
  const error = read(thrown);
  return error === undefined || isDefinite(error) ? thrown : unavailable(thrown);
};

/** No answer from the database: what was asked may have happened or not. */
export const unavailable = (cause: unknown): Failure =>
  new Failure('service_unavailable', { detail: 'The database did not answer', retryAfterMs: 1_000, cause });

/**
 * True when a unique index refused the row, through a model or raw SQL. `index` narrows it to one index or to one
 * column of it, by the name in the database.
 */
export const isUniqueViolation = (thrown: unknown, index?: string): boolean => {
  const error = read(thrown);
  if (error?.state !== '23505') return false;
  return index === undefined || error.index === index || (error.words ?? '').includes(index);
};

/** What can be told of an error of the database, whoever threw it. */
interface SqlError {
  /** SQLSTATE, when the server itself spoke. */
  readonly state: string | undefined;
  /** Prisma's own code. */
  readonly code: string | undefined;
  readonly index: string | undefined;
  readonly words: string | undefined;
  /** Prisma refused to ask at all. */
  readonly isInvalid: boolean;
}

const prismaError = z.object({
  name: z.string().startsWith('PrismaClient'),
  code: z.string().optional(),
  meta: z
    .object({
      driverAdapterError: z
        .object({
          cause: z.object({
            originalCode: z.string().optional(),
            originalMessage: z.string().optional(),
            constraint: z.object({ index: z.string().optional() }).optional(),
          }),
        })
        .optional(),
    })
    .optional(),
});

const read = (thrown: unknown): SqlError | undefined => {
  if (thrown instanceof DatabaseError) {
    const { code, constraint, message } = thrown;
    return { state: code, code: undefined, index: constraint, words: message, isInvalid: false };
  }
  return thrown instanceof Error ? readPrisma(thrown) : undefined;
};

// By shape: an instanceof would need the generated client here, and breaks over two copies of it.
const readPrisma = (error: Error): SqlError | undefined => {
  const parsed = prismaError.safeParse(pick(error));
  if (!parsed.success) return undefined;
  const { name, code, meta } = parsed.data;
  const cause = meta?.driverAdapterError?.cause;
  return {
    state: cause?.originalCode,
    code,
    index: cause?.constraint?.index,
    words: cause?.originalMessage,
    isInvalid: name === 'PrismaClientValidationError',
  };
};

const pick = (error: Error): unknown => ({
  name: error.name,
  code: 'code' in error ? error.code : undefined,
  meta: 'meta' in error ? error.meta : undefined,
});

/** SQLSTATE classes that say the same thing on every try: feature, cardinality, data, constraint, syntax or name. */
const definiteClasses: ReadonlySet<string> = new Set(['0A', '21', '22', '23', '42']);

/** Prisma's own words for the same, where no SQLSTATE comes along: not found, bad arguments, missing table or column. */
const definiteCodes: ReadonlySet<string> = new Set([
  'P2000',
  'P2002',
  'P2003',
  'P2004',
  'P2011',
  'P2014',
  'P2018',
  'P2021',
  'P2022',
  'P2025',
]);

const isDefinite = ({ state, code, isInvalid }: SqlError): boolean => {
  if (isInvalid) return true;
  if (state !== undefined) return definiteClasses.has(state.slice(0, 2));
  return code !== undefined && definiteCodes.has(code);
};
