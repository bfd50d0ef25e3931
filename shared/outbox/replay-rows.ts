import type { StoringOwner } from '../contracts/message.ts';
import type { Transaction } from '../db/client.ts';

export interface ClaimedReplay {
  readonly id: string;
  readonly consumer: string;
  readonly msg_key: string;
  readonly message: string;
  /** Names this replay: whoever took the row later has another. */
  readonly lease_until: Date;
}

type HeldReplay = Pick<ClaimedReplay, 'id' | 'lease_until'>;

interface Claim {
  readonly owner: StoringOwner;
  readonly leaseMs: number;
  readonly limit: number;
}

/**
 * Takes dead letters whose replay was asked for, each for one process. A replay whose process did not live to end it is
 * dead again: it is never begun a second time unasked. A locked row is waited for, not skipped: whoever asks for the same
 * replay a second time holds it for a moment, and skipped it would rest until the next poll.
 */
export const claimReplays = (client: Transaction, { owner, leaseMs, limit }: Claim): Promise<ClaimedReplay[]> =>
  client.$queryRaw<ClaimedReplay[]>`
    with lapsed as (
      update dead_letters set state = 'dead', lease_until = null, attempts = attempts + 1,
        reason = 'its process ended in the middle of a replay'
      where owner = ${owner} and state = 'replaying' and lease_until < now())
    update dead_letters set state = 'replaying', lease_until = now() + ${leaseMs}::float8 * interval '1 millisecond'
    where id in (
      select id from dead_letters where owner = ${owner} and state = 'requested'
      order by buried_at limit ${limit}::int for update)
    returning id, consumer, msg_key, message, lease_until`;

/** The replay failed: dead again, with the new reason, unless it was buried meanwhile or outlived its lease. */
export const endReplay = async (
  client: Transaction,
  { id, lease_until }: HeldReplay,
  reason: string,
): Promise<void> => {
  await client.$executeRaw`
    update dead_letters
    set state = 'dead', lease_until = null, attempts = attempts + 1, reason = ${reason}, buried_at = now()
    where id = ${id}::uuid and state = 'replaying' and lease_until = ${lease_until}::timestamptz`;
};

/** The replay succeeded. One that outlived its lease leaves the row: replaying it again does nothing a second time. */
export const deleteReplayed = async (client: Transaction, { id, lease_until }: HeldReplay): Promise<void> => {
  await client.$executeRaw`
    delete from dead_letters
    where id = ${id}::uuid and state = 'replaying' and lease_until = ${lease_until}::timestamptz`;
};
