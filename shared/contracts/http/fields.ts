import { z } from 'zod';
import { pageInput, text } from '../common.ts';

/** An id in a path or body. Any case comes in, lower case goes on. */
export const id = z.uuid().toLowerCase();

/** Text that the original's clients may leave out, send as null or send empty: all three mean "not given". */
export const optionalText = (charsMax: number) =>
  text(charsMax)
    .nullish()
    .transform((value) => (value === null || value === '' ? undefined : value));

/** A whole number that may be left out or null. */
export const optionalCount = (min: number, max: number) =>
  z
    .int()
    .min(min)
    .max(max)
    .nullish()
    .transform((value) => value ?? undefined);

/** The two query parameters of every list. */
export const pageQuery = pageInput.extend({ limit: z.coerce.number().int().min(1).max(100).default(20) });

/** How long a chunk of a document may be, in characters. */
export const chunkSize = { min: 100, max: 4000, default: 1000 } as const;
