import { Failure } from '../../errors/failure.ts';
import { callRemote } from '../../testing/remote-call.ts';
import type { SimulatedProcess, Simulation } from '../../testing/simulation.ts';
import { claimMs, type ClaimedRow, type RelayStore } from '../relay-rows.ts';

/** A committed row. Times are the world's, as the database has one clock for all. */
interface Row {
  readonly id: bigint;
  readonly messageId: string;
  readonly subject: string;
  readonly envelope: unknown;
  readonly orderedBy: string | null;
  notBefore: number;
  claimedUntil: number | null;
  sentAt: number | null;
  attempts: number;
}
export type NewRow = Pick<Row, 'envelope' | 'messageId' | 'orderedBy' | 'subject'>;

const callMs = 2_000;
// Few, so that a loss takes several looks.
const lookMax = 2;

/** The table with the statements that relays have for it. `onSent` is told of each row that is marked. */
export const createSimulatedOutbox = (world: Simulation, onSent: (row: NewRow) => void) => {
  const rows: Row[] = [];
  return {
    rows: rows as readonly Readonly<Row>[],
    commit: (row: NewRow): void => {
      const id = BigInt(rows.length + 1);
      rows.push({ ...row, id, notBefore: world.now(), claimedUntil: null, sentAt: null, attempts: 0 });
    },
    /** The table as one process reaches it. */
    for: (process: SimulatedProcess): RelayStore => {
      const call = <T>(effect: () => T): Promise<T> =>
        callRemote(world, process, { effect, timeoutMs: callMs, latestMs: callMs + 500, oneIn: 12, failureOf });
      const each = (claim: string, ids: readonly bigint[], change: (row: Row) => void): Promise<void> =>
        call(() => {
          for (const row of rows) if (ids.includes(row.id) && String(row.claimedUntil) === claim) change(row);
        });
      return {
        claim: () => call(() => claim(rows, world.now())),
        markSent: (claim, ids) =>
          each(claim, ids, (row) => {
            if (row.claimedUntil === null || row.claimedUntil < world.now()) return;
            onSent(row);
            row.sentAt = row.claimedUntil - claimMs;
            row.claimedUntil = null;
          }),
        giveBack: (claim, ids, failed) =>
          each(claim, ids, (row) => {
            row.claimedUntil = null;
            if (!failed.includes(row.id)) return;
            row.notBefore = world.now() + Math.min(5_000, 250 * 2 ** row.attempts);
            row.attempts += 1;
          }),
        notAfterNow: (latest) => call(() => new Date(Math.min(latest.getTime(), world.now()))),
        isHeldSince: (claimedBefore) =>
          call(() =>
            rows.some(
              ({ sentAt, claimedUntil }) =>
                sentAt === null &&
                claimedUntil !== null &&
                claimedUntil >= world.now() &&
                claimedUntil < claimedBefore.getTime() + claimMs,
            ),
          ),
        oweAgain: (sentBefore, behind) =>
          call(() => {
            const looked = rows.filter(({ id }) => id > behind).slice(0, lookMax);
            const owed = looked.filter(({ sentAt }) => sentAt !== null && sentAt < sentBefore.getTime());
            for (const row of owed) row.sentAt = null;
            return { owed: owed.length, last: looked.at(-1)?.id };
          }),
      };
    },
  };
};

/** What `claim_outbox` does. */
const claim = (rows: readonly Row[], now: number): readonly ClaimedRow[] => {
  const heldUp = new Set<string>();
  const due: ClaimedRow[] = [];
  for (const row of rows) {
    if (row.sentAt !== null || (row.orderedBy !== null && heldUp.has(row.orderedBy))) continue;
    if (row.notBefore > now || (row.claimedUntil !== null && row.claimedUntil >= now)) {
      if (row.orderedBy !== null) heldUp.add(row.orderedBy);
      continue;
    }
    const is_suspect = row.claimedUntil !== null;
    row.claimedUntil = now + claimMs;
    const { id, subject, envelope, orderedBy: ordered_by } = row;
    due.push({ id, subject, envelope, ordered_by, is_suspect, claim: String(row.claimedUntil) });
  }
  return due;
};

const failureOf = (): Failure => new Failure('service_unavailable');
