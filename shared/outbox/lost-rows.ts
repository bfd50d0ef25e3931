import { z } from 'zod';
import type { StoringOwner } from '../contracts/message.ts';
import type { Database } from '../db/client.ts';

const batchMax = 100;
// Between the bus's clock and the database's.
const clockDifferenceMsMax = 5_000;

/** The rows of `owner` that went into a store which the bus has lost. */
export interface LostRows {
  /** The bus holds what it was given since `sinceMs` (milliseconds since the epoch): what was sent before is owed again. */
  expect(sinceMs: number): void;
  /** Makes up to a batch of them unsent and tells how many; 0 when all are. Asks the database only after `expect`. */
  owe(): Promise<number>;
}

/**
 * Nobody knows which of these rows were consumed, so all that are kept are sent again and consumers drop what they had. A
 * row counts as sent when it was claimed (`markRows`), which is before any store took it.
 */
export const createLostRows = (database: Database, owner: StoringOwner): LostRows => {
  let sinceMs: number | undefined;
  let before: Date | undefined;
  return {
    expect: (since) => {
      sinceMs = since;
      before = undefined;
    },
    owe: async () => {
      if (sinceMs === undefined) return 0;
      const looked = sinceMs;
      const until = (before ??= await horizon(database, looked));
      const owed = await oweAgain(database, owner, until);
      if (owed === 0 && looked === sinceMs) sinceMs = undefined;
      return owed;
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

// Lowest ids first, as they are claimed, so that the events of a domain come again in their order.
const oweAgain = async (database: Database, owner: StoringOwner, before: Date): Promise<number> =>
  database.run(
    (client) => client.$executeRaw`
    update outbox set sent_at = null
    where id in (
      select id from outbox where owner = ${owner} and sent_at < ${before}
      order by id limit ${batchMax} for update)`,
  );
