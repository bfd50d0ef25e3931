import { z } from 'zod';
import { Failure } from '../errors/failure.ts';

/**
 * An error out of Prisma as what the callers above can act on. What the database refused for good (a constraint, bad data,
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
  if (error === undefined || stateOf(error) !== '23505') return false;
  const refusal = error.meta?.driverAdapterError?.cause;
  if (index === undefined) return true;
  return refusal?.constraint?.index === index || (refusal?.originalMessage ?? '').includes(index);
};

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
type PrismaError = z.output<typeof prismaError>;

// The error itself is checked by shape: an instanceof would need the generated client here, and breaks over two copies of it.
const read = (thrown: unknown): PrismaError | undefined => {
  const parsed = prismaError.safeParse(thrown instanceof Error ? pick(thrown) : undefined);
  return parsed.success ? parsed.data : undefined;
};

const pick = (error: Error): unknown => ({
  name: error.name,
  code: 'code' in error ? error.code : undefined,
  meta: 'meta' in error ? error.meta : undefined,
});

const stateOf = (error: PrismaError): string | undefined => error.meta?.driverAdapterError?.cause.originalCode;

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

const isDefinite = (error: PrismaError): boolean => {
  if (error.name === 'PrismaClientValidationError') return true;
  const state = stateOf(error);
  if (state !== undefined) return definiteClasses.has(state.slice(0, 2));
  return error.code !== undefined && definiteCodes.has(error.code);
};
