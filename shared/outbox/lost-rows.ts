import { z } from 'zod';
import type { Owner } from '../contracts/message.ts';
import type { Database } from '../db/client.ts';

/** An outbox row in a relay's hands. */
export interface ClaimedRow {
  readonly id: bigint;
  readonly subject: string;
  readonly envelope: unknown;
}

export const batchMax = 100;
// A relay that dies keeps its rows this long; the bus drops a second copy by envelope id.
export const claimMs = 30_000;
// Between the bus's clock and the database's.
const clockDifferenceMsMax = 5_000;

/** The rows of `owner` that went into a store which the bus has lost. */
export interface LostRows {
  /** The bus holds what it was given since `sinceMs` (milliseconds since the epoch): what was sent before is owed again. */
  expect(sinceMs: number): void;
  /** Takes up to a batch of them, none when all are done. Asks the database only after `expect`. */
  claim(): Promise<readonly ClaimedRow[]>;
}

/**
 * Nobody knows which of these rows were consumed, so all that are kept are sent again and consumers drop what they had. A
 * row counts as sent when it was claimed (`mark` in relay.ts), which is before any store took it.
 */
export const createLostRows = (database: Database, owner: Owner): LostRows => {
  let sinceMs: number | undefined;
  let before: Date | undefined;
  return {
    expect: (since) => {
      sinceMs = since;
      before = undefined;
    },
    claim: async () => {
      if (sinceMs === undefined) return [];
      const looked = sinceMs;
      const until = (before ??= await horizon(database, looked));
      const rows = await claim(database, owner, until);
      if (rows.length === 0 && looked === sinceMs) sinceMs = undefined;
      return rows;
    },
  };
};

/** A little after the store began, but never after now: what is sent again from here on must not match once more. */
const horizon = async (database: Database, sinceMs: number): Promise<Date> => {
  const latest = new Date(sinceMs + clockDifferenceMsMax);
  const rows = await database.run(
    (client) => client.$queryRaw<unknown[]>`select least(now(), ${latest}::timestamptz) as horizon`,
  );
  return horizonRow.parse(rows)[0].horizon;
};

const horizonRow = z.tuple([z.object({ horizon: z.date() })]);

// Unsent from here on, so that a crash of ours leaves them to the next claim like any other row.
const claim = async (database: Database, owner: Owner, before: Date): Promise<readonly ClaimedRow[]> =>
  database.run(
    (client) => client.$queryRaw<ClaimedRow[]>`
    update outbox set sent_at = null, claimed_until = now() + make_interval(secs => ${claimMs / 1000}::float8)
    where id in (
      select id from outbox where owner = ${owner} and sent_at < ${before}
      order by sent_at limit ${batchMax} for update skip locked)
    returning id, subject, envelope`,
  );
