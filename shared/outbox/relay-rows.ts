import { z } from 'zod';
import type { StoringOwner } from '../contracts/message.ts';
import type { Database } from '../db/client.ts';
import { durables } from './durables.ts';

/** An outbox row in a relay's hands. */
export interface ClaimedRow {
  readonly id: bigint;
  readonly subject: string;
  readonly envelope: unknown;
  /** Rows with the same value leave one after the other. */
  readonly ordered_by: string | null;
  /** An earlier relay claimed it and neither sent it nor gave it back. */
  readonly is_suspect: boolean;
  /** The claim it was taken under; the same of all rows that were taken together. */
  readonly claim: string;
}

/** The outbox of one owner, as its relays work on it: each call is one statement, of unknown outcome when it throws. */
export interface RelayStore {
  /** Takes due rows of known messages for `claimMs`, and with a row every earlier unsent one of its sequence, or none. */
  readonly claim: () => Promise<readonly ClaimedRow[]>;
  /** What the bus has taken. Nothing once `claim` has run out: nobody knows then who else has the rows. */
  readonly markSent: (claim: string, ids: readonly bigint[]) => Promise<void>;
  /** Lets go of rows: the failed ones among them are due after a pause that grows, the others as before. */
  readonly giveBack: (claim: string, ids: readonly bigint[], failed: readonly bigint[]) => Promise<void>;
  /** `latest`, or now by the database's clock when that is earlier. */
  readonly notAfterNow: (latest: Date) => Promise<Date>;
  /** Whether rows that were claimed before a moment may still be marked as sent. */
  readonly isHeldSince: (claimedBefore: Date) => Promise<boolean>;
  /** Of the next rows behind `id`, whatever became of them, makes those unsent that were sent before a moment. */
  readonly oweAgain: (sentBefore: Date, behind: bigint) => Promise<OwedAgain>;
}

export interface OwedAgain {
  readonly owed: number;
  /** The last row that was looked at; undefined when there was none. */
  readonly last: bigint | undefined;
}

export interface RelayRows extends RelayStore {
  /** How long the oldest unsent row could have been sent; 0 without one. */
  readonly oldestSeconds: () => Promise<number>;
  /** Unsent rows of messages that this version does not know: a version that was taken back has left them. */
  readonly countUnknown: () => Promise<number>;
}

const batchMax = 100;
const lookMax = 1_000;
// A relay that dies keeps its rows this long; the bus drops a second copy by envelope id.
export const claimMs = 30_000;
const retryMsFirst = 250;
const retryMsMax = 5_000;

export const createRelayRows = (database: Database, owner: StoringOwner): RelayRows => ({
  // One round trip: the function in the migrations lets one relay of an owner claim at a time.
  claim: () =>
    database.run(
      (client) => client.$queryRaw<ClaimedRow[]>`
      select id, subject, envelope, ordered_by, is_suspect, claim
      from claim_outbox(${owner}::text, ${knownSubjects}::text[], ${batchMax}::int, ${claimMs}::float8)`,
    ),
  markSent: async (claim, ids) => {
    await database.run(
      // As of the claim: what a store has lost was surely claimed before that store was made.
      (client) => client.$executeRaw`
      update outbox set claimed_until = null,
        sent_at = claimed_until - make_interval(secs => ${claimMs / 1000}::float8)
      where id = any(${ids}) and claimed_until = ${claim}::timestamptz and claimed_until >= now()`,
    );
  },
  giveBack: async (claim, ids, failed) => {
    await database.run(
      (client) => client.$executeRaw`
      update outbox set claimed_until = null,
        attempts = attempts + (id = any(${failed}))::int,
        not_before = case when id = any(${failed})
          then now() + (0.5 + random() / 2) * least(${retryMsMax}::float8, ${retryMsFirst}::float8 * 2 ^ least(attempts, 10))
            * interval '1 millisecond'
          else not_before end
      where id = any(${ids}) and claimed_until = ${claim}::timestamptz`,
    );
  },
  notAfterNow: async (latest) => {
    const rows = await database.run(
      (client) => client.$queryRaw<unknown[]>`select least(now(), ${latest}::timestamptz) as moment`,
    );
    return momentRow.parse(rows)[0].moment;
  },
  isHeldSince: async (claimedBefore) => {
    const rows = await database.run(
      (client) => client.$queryRaw<unknown[]>`
      select exists(
        select from outbox where owner = ${owner} and sent_at is null and claimed_until >= now()
          and claimed_until < ${claimedBefore}::timestamptz + make_interval(secs => ${claimMs / 1000}::float8)) as held`,
    );
    return heldRow.parse(rows)[0].held;
  },
  // Lowest ids first, as they are claimed, so that the events of a domain come again in their order; and each row looked at
  // once: to look for those that are left would sort all of them for every batch.
  oweAgain: async (sentBefore, behind) => {
    const rows = await database.run(
      (client) => client.$queryRaw<unknown[]>`
      with looked as (
        select id, sent_at from outbox where owner = ${owner} and id > ${behind} order by id limit ${lookMax}::int
      ), owed as (
        update outbox set sent_at = null
        where id in (select id from looked where sent_at < ${sentBefore}::timestamptz)
          and sent_at < ${sentBefore}::timestamptz
        returning id
      )
      select (select count(*)::int from owed) as owed, (select max(id) from looked) as last`,
    );
    const { owed, last } = owedRow.parse(rows)[0];
    return { owed, last: last ?? undefined };
  },
  ...figures(database, owner),
});

const figures = (database: Database, owner: StoringOwner) => ({
  oldestSeconds: async () => {
    const rows = await database.run(
      (client) => client.$queryRaw<unknown[]>`
      select coalesce(extract(epoch from now() - min(case when attempts > 0 then created_at else not_before end)), 0)::float8
        as seconds
      from outbox where owner = ${owner} and sent_at is null and (not_before <= now() or attempts > 0)`,
    );
    return ageRow.parse(rows)[0].seconds;
  },
  countUnknown: async () => {
    const rows = await database.run(
      (client) => client.$queryRaw<unknown[]>`
      select count(*)::int as count from outbox
      where owner = ${owner} and sent_at is null and subject <> all(${knownSubjects}::text[])`,
    );
    return countRow.parse(rows)[0].count;
  },
});

const knownSubjects = [...durables.keys()];

const momentRow = z.tuple([z.object({ moment: z.date() })]);
const owedRow = z.tuple([z.object({ owed: z.number(), last: z.bigint().nullable() })]);
const heldRow = z.tuple([z.object({ held: z.boolean() })]);
const ageRow = z.tuple([z.object({ seconds: z.number() })]);
const countRow = z.tuple([z.object({ count: z.number() })]);
