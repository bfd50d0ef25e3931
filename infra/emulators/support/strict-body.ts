import type { z } from 'zod';

export type BodyVerdict<Body> =
  { readonly accepted: true; readonly body: Body } | { readonly accepted: false; readonly reason: string };

const unknownFieldsRoundsMax = 20;

/**
 * Reads a request body by its contract. `isStrict` refuses fields that the contract does not have; otherwise they are
 * dropped, at any depth, as the cloud does. Wrong types are refused either way.
 */
export const readByContract = <Schema extends z.ZodType>(
  schema: Schema,
  body: unknown,
  isStrict: boolean,
): BodyVerdict<z.infer<Schema>> => {
  let input = body ?? {};
  for (let round = 0; round < unknownFieldsRoundsMax; round += 1) {
    const parsed = schema.safeParse(input);
    if (parsed.success) return { accepted: true, body: parsed.data };
    const strangers = parsed.error.issues.filter((issue) => issue.code === 'unrecognized_keys');
    if (isStrict || strangers.length === 0) return { accepted: false, reason: reasonOf(parsed.error) };
    input = structuredClone(input);
    for (const { path, keys } of strangers) dropKeys(input, path, keys);
  }
  return { accepted: false, reason: 'too many unknown fields' };
};

const reasonOf = (error: z.ZodError): string =>
  error.issues
    .slice(0, 5)
    .map(({ path, message }) => (path.length === 0 ? message : `${path.join('.')}: ${message}`))
    .join('; ');

const dropKeys = (root: unknown, path: readonly PropertyKey[], keys: readonly string[]): void => {
  let at = root;
  for (const step of path) at = isObject(at) ? Reflect.get(at, step) : undefined;
  if (isObject(at)) for (const key of keys) Reflect.deleteProperty(at, key);
};

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;
