import { z } from 'zod';
import type { StoringOwner } from '../contracts/message.ts';
import type { Database, Transaction } from '../db/client.ts';

/** An outbox row in a relay's hands. */
export interface ClaimedRow {
  readonly id: bigint;
  readonly subject: string;
  readonly envelope: unknown;
  /** Rows with the same value leave one after the other. */
  readonly ordered_by: string | null;
  /** An earlier relay claimed it and neither sent it nor gave it back. */
  readonly is_suspect: boolean;
}

/** What became of claimed rows; those in neither list were not tried. */
export interface Published {
  readonly sent: readonly bigint[];
  readonly failed: readonly bigint[];
}

interface Wanted {
  readonly owner: StoringOwner;
  readonly knownSubjects: readonly string[];
}

const batchMax = 100;
// A relay that dies keeps its rows this long; the bus drops a second copy by envelope id.
export const claimMs = 30_000;
const retryMsFirst = 250;
const retryMsMax = 5_000;

/** Takes due rows in one round trip: the function in the migrations lets one relay of an owner claim at a time. */
export const claimRows = (client: Transaction, { owner, knownSubjects }: Wanted): Promise<readonly ClaimedRow[]> =>
  client.$queryRaw<ClaimedRow[]>`
    select id, subject, envelope, ordered_by, is_suspect
    from claim_outbox(${owner}::text, ${knownSubjects}::text[], ${batchMax}::int, ${claimMs}::float8)`;

/** Gives the rows back: sent, to be tried again after a pause that grows, or as they were. */
export const markRows = async (
  database: Database,
  rows: readonly ClaimedRow[],
  { sent, failed }: Published,
): Promise<void> => {
  const done = new Set(sent);
  const unsent = rows.map((row) => row.id).filter((id) => !done.has(id));
  if (sent.length > 0) {
    await database.run(
      // As of the claim: what a store has lost was surely claimed before that store was made.
      (client) => client.$executeRaw`
      update outbox set claimed_until = null,
        sent_at = coalesce(claimed_until - make_interval(secs => ${claimMs / 1000}::float8), sent_at, now())
      where id = any(${sent})`,
    );
  }
  if (unsent.length > 0) {
    await database.run(
      (client) => client.$executeRaw`
      update outbox set claimed_until = null,
        attempts = attempts + (id = any(${failed}))::int,
        not_before = case when id = any(${failed})
          then now() + (0.5 + random() / 2) * least(${retryMsMax}::float8, ${retryMsFirst}::float8 * 2 ^ least(attempts, 10))
            * interval '1 millisecond'
          else not_before end
      where id = any(${unsent})`,
    );
  }
};

const ageRow = z.tuple([z.object({ seconds: z.number() })]);

/** How long the oldest unsent row could have been sent; 0 without one. */
export const oldestSeconds = async (client: Transaction, owner: StoringOwner): Promise<number> => {
  const rows = await client.$queryRaw<unknown[]>`
    select coalesce(extract(epoch from now() - min(case when attempts > 0 then created_at else not_before end)), 0)::float8
      as seconds
    from outbox where owner = ${owner} and sent_at is null and (not_before <= now() or attempts > 0)`;
  return ageRow.parse(rows)[0].seconds;
};

const countRow = z.tuple([z.object({ count: z.number() })]);

/** Unsent rows of messages that this version does not know: a version that was taken back has left them. */
export const countUnknown = async (client: Transaction, { owner, knownSubjects }: Wanted): Promise<number> => {
  const rows = await client.$queryRaw<unknown[]>`
    select count(*)::int as count from outbox
    where owner = ${owner} and sent_at is null and subject <> all(${knownSubjects}::text[])`;
  return countRow.parse(rows)[0].count;
};
