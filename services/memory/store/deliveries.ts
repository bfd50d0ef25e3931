import { z } from 'zod';
import type { Transaction } from '../../../shared/db/client.ts';

/** A turn that Memori is still to be told. */
export interface MemoryDelivery {
  readonly id: string;
  /** Who holds the lease; only this one may settle it. */
  readonly leaseOwner: string;
  readonly domainId: string;
  readonly userId: string;
  readonly sessionId: string;
  readonly question: string;
  /** Counted from 1, this one included. */
  readonly attempt: number;
  readonly createdAt: Date;
}

const deliveryRow = z
  .object({
    id: z.string(),
    lease_owner: z.string(),
    domain_id: z.string(),
    user_id: z.string(),
    session_id: z.string(),
    question: z.string(),
    attempt: z.number(),
    created_at: z.date(),
  })
  .transform(({ id, lease_owner, domain_id, user_id, session_id, question, attempt, created_at }): MemoryDelivery => ({
    id,
    leaseOwner: lease_owner,
    domainId: domain_id,
    userId: user_id,
    sessionId: session_id,
    question,
    attempt,
    createdAt: created_at,
  }));

/** Takes due turns under a lease and counts the attempt; of several replicas, each turn goes to one. */
export const claimDeliveries = async (
  client: Transaction,
  claim: { readonly leaseOwner: string; readonly leaseMs: number; readonly limit: number },
): Promise<readonly MemoryDelivery[]> => {
  const rows = await client.$queryRaw<unknown[]>`
    update memory_deliveries set lease_owner = ${claim.leaseOwner}, attempt = attempt + 1,
      lease_until = now() + ${claim.leaseMs}::float8 * interval '1 millisecond'
    where id in (
      select id from memory_deliveries
      where state = 'pending' and next_at <= now() and (lease_until is null or lease_until < now())
      order by next_at limit ${claim.limit}::int for update skip locked)
    returning id, lease_owner, domain_id, user_id, session_id, question, attempt, created_at`;
  return rows.map((row) => deliveryRow.parse(row));
};

type HeldDelivery = Pick<MemoryDelivery, 'id' | 'leaseOwner'>;

/** Sent: the words go, the row stays to tell that Memori holds a copy. */
export const settleDelivery = async (client: Transaction, { id, leaseOwner }: HeldDelivery): Promise<void> => {
  await client.$executeRaw`
    update memory_deliveries set state = 'sent', question = '', answer = '', lease_until = null
    where id = ${id}::uuid and lease_owner = ${leaseOwner}`;
};

/** Comes back later as if it had not been tried. */
export const postponeDelivery = async (
  client: Transaction,
  { id, leaseOwner }: HeldDelivery,
  afterMs: number,
): Promise<void> => {
  await client.$executeRaw`
    update memory_deliveries set lease_until = null, attempt = greatest(0, attempt - 1),
      next_at = now() + ${afterMs}::float8 * interval '1 millisecond'
    where id = ${id}::uuid and lease_owner = ${leaseOwner}`;
};

export const retryDelivery = async (
  client: Transaction,
  { id, leaseOwner }: HeldDelivery,
  afterMs: number,
  trouble: string,
): Promise<void> => {
  await client.$executeRaw`
    update memory_deliveries set lease_until = null, last_error = ${trouble},
      next_at = now() + ${afterMs}::float8 * interval '1 millisecond'
    where id = ${id}::uuid and lease_owner = ${leaseOwner}`;
};

/** Given up; the words go, since nobody will read them again. */
export const buryDelivery = async (
  client: Transaction,
  { id, leaseOwner }: HeldDelivery,
  reason: string,
): Promise<void> => {
  await client.$executeRaw`
    update memory_deliveries set state = 'dead', question = '', answer = '', lease_until = null, last_error = ${reason}
    where id = ${id}::uuid and lease_owner = ${leaseOwner}`;
};

/** The domain's turns wait for a key that works; an attempt with a bad key does not count. */
export const parkDeliveries = async (client: Transaction, domainId: string): Promise<void> => {
  await client.$executeRaw`
    update memory_deliveries set state = 'parked', attempt = 0, lease_until = null
    where domain_id = ${domainId}::uuid and state = 'pending'`;
};

export const unparkDeliveries = async (client: Transaction, domainId: string): Promise<void> => {
  await client.$executeRaw`
    update memory_deliveries set state = 'pending', next_at = now()
    where domain_id = ${domainId}::uuid and state = 'parked'`;
};

export const pauseDeliveries = async (
  client: Transaction,
  domainId: string,
  afterMs: number,
  trouble: string,
): Promise<void> => {
  await client.$executeRaw`
    update memory_deliveries set lease_until = null, last_error = ${trouble},
      next_at = now() + ${afterMs}::float8 * interval '1 millisecond'
    where domain_id = ${domainId}::uuid and state = 'pending'`;
};

/** Whether Memori holds, or may hold, something of a visitor. */
export const hasRemoteCopy = async (
  client: Transaction,
  { domainId, userId }: { readonly domainId: string; readonly userId: string },
): Promise<boolean> => {
  const rows = await client.$queryRaw<unknown[]>`
    select 1 from memory_deliveries where domain_id = ${domainId}::uuid and user_id = ${userId}
      and (state = 'sent' or attempt > 0) limit 1`;
  return rows.length > 0;
};
