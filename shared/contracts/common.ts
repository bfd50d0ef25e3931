import { z } from 'zod';

/** A moment in UTC, RFC 3339. */
export const moment = z.iso.datetime();

/** Hex SHA-256. */
export const sha256Hex = z.string().regex(/^[0-9a-f]{64}$/);

/** Any text that people wrote and Postgres must be able to hold: no NUL, no lone surrogate. */
export const text = (charsMax: number): z.ZodString =>
  z
    .string()
    .max(charsMax)
    .refine((value) => value.isWellFormed() && !value.includes('\u0000'), 'must be well-formed text without NUL');

/** A visitor's or customer's id as the website names it. */
export const userId = text(200).min(1);

/** What creating POSTs carry when the caller sent `Idempotency-Key`. */
export const idempotency = z.object({ key: text(255).min(1), request_hash: sha256Hex });

/** One page of a list: `cursor` is opaque and comes from the page before. */
export const pageInput = z.object({
  limit: z.number().int().min(1).max(100).default(20),
  cursor: z.string().max(256).optional(),
});

/** What every page of a list answers besides its items. */
export const pageOutput = { total: z.number().int(), next_cursor: z.string().nullable() };

export const domainRef = z.object({ domain_id: z.uuid() });
export const nothing = z.object({});
