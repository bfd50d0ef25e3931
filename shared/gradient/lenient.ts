import { z } from 'zod';

// The cloud's contract requires no field at all, omits what is empty and writes numbers now as numbers, now as text. So what
// we do not understand counts as absent, and its absence is judged where it matters.

/** Text; anything else is null. */
export const word = z.string().nullish().catch(null);

/** A count; anything else is null. */
export const count = z
  .union([
    z.number(),
    z
      .string()
      .regex(/^\d{1,15}$/)
      .transform(Number),
  ])
  .nullish()
  .catch(null);

/** A list of objects, none when it is absent; an item that is no object is left out. */
export const listOf = <Item extends z.ZodType>(item: Item) =>
  z
    .array(item.nullable().catch(null))
    .nullish()
    .transform((items) => (items ?? []).flatMap((each) => (each === null ? [] : [each])));
