import { z } from 'zod';
import { Failure, type FieldError, type WireFailure } from '../errors/failure.ts';

/** What a message may weigh; the server's own limit (1 MiB) cuts the whole connection, so ours comes first. */
export const messageBytesMax = 512 * 1024;

/** As it travels: JSON text. Throws `body_too_large` over `messageBytesMax`. */
export const encode = (value: unknown): string => {
  const text = JSON.stringify(value);
  // A UTF-16 unit is at most 3 bytes of UTF-8, so most messages need no count.
  if (text.length * 3 > messageBytesMax && Buffer.byteLength(text) > messageBytesMax) {
    throw new Failure('body_too_large', { detail: `A message may weigh ${messageBytesMax} bytes at the most` });
  }
  return text;
};

/** The JSON value, or undefined for text that is none: no schema of ours takes undefined. */
export const decode = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** What a caller sent, by contract; throws `invalid_request` with one error per field. */
export const parseInput = <S extends z.ZodType>(schema: S, value: unknown): z.output<S> => {
  const parsed = z.safeParse(schema, value);
  if (parsed.success) return parsed.data;
  throw new Failure('invalid_request', { errors: fieldErrors(parsed.error.issues) });
};

/** What a handler gave or an answerer sent, by contract. A mismatch is our own fault: `internal`. */
export const parseOutput = <S extends z.ZodType>(schema: S, value: unknown): z.output<S> => {
  const parsed = z.safeParse(schema, value);
  if (parsed.success) return parsed.data;
  throw new Failure('internal', { cause: parsed.error });
};

/** A failure as it travels, read back; anything unreadable is `internal`. */
export const readFailure = (value: unknown): Failure => {
  const parsed = wireFailure.safeParse(value);
  return parsed.success ? Failure.fromWire(parsed.data) : new Failure('internal', { cause: parsed.error });
};

const fieldErrors = (issues: readonly z.core.$ZodIssue[]): FieldError[] =>
  issues.slice(0, 50).map((issue) => ({ path: issue.path.join('.'), message: issue.message }));

const wireFailure: z.ZodType<WireFailure> = z.object({
  code: z.string(),
  detail: z.string().optional(),
  retryAfterMs: z.number().optional(),
  errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
  extensions: z.record(z.string(), z.unknown()).optional(),
});
