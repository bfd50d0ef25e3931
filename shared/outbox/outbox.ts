import { z } from 'zod';
import { encode } from '../bus/wire.ts';
import { publishSubject, type Durable, type Envelope, type Owner } from '../contracts/message.ts';
import type { Transaction } from '../db/client.ts';
import { Prisma } from '../db/generated/client.ts';
import type { Clock } from '../runtime/clock.ts';
import { currentCorrelation } from '../telemetry/correlation.ts';
import { currentTraceparent } from '../telemetry/span.ts';

export interface Emission<D extends Durable> {
  readonly domainId: string;
  readonly data: z.input<D['data']>;
  /** Published no earlier than this many milliseconds from now. */
  readonly delayMs?: number;
}

/** Writes a message beside the change that causes it: both are committed, or neither. */
export type Emit = <D extends Durable>(tx: Transaction, contract: D, emission: Emission<D>) => Promise<void>;

/** Everything one owner owes to the bus goes through its own `emit`. */
export const createEmit = (owner: Owner, clock: Clock): Emit => {
  const owe = createOwe(owner, clock);
  return async (tx, contract, emission) => {
    // One plain statement: Prisma's create would read the row back.
    await tx.$executeRaw`${owe(contract, emission)}`;
  };
};

/**
 * The outbox row as an `insert … select` that still lacks its `from`. A store that makes its change in one statement puts
 * it last, behind the change: `owed as (${row} from stored)`. So it is written once per changed row, and not at all when
 * nothing changed.
 */
export type Owe = <D extends Durable>(contract: D, emission: Emission<D>) => Prisma.Sql;

export const createOwe =
  (owner: Owner, clock: Clock): Owe =>
  (contract, emission) => {
    const envelope = envelopeFor(clock, contract, emission);
    const { delayMs = 0 } = emission;
    const notBefore = new Date(clock.now() + delayMs).toISOString();
    // Whoever follows a domain sees its events as they happened. A wake-up has no order.
    const orderedBy = contract.kind === 'event' && delayMs === 0 ? emission.domainId : null;
    // Checked here, where the change can still be refused: the bus would refuse it every time.
    const text = encode(envelope);
    return Prisma.sql`
      insert into outbox (owner, msg_id, subject, envelope, not_before, ordered_by)
      select ${owner}::text, ${envelope.id}::uuid, ${contract.subject}::text, ${text}::jsonb, ${notBefore}::timestamptz,
        ${orderedBy}::uuid`;
  };

/** A fresh envelope for `contract`, tied to the request at hand. The data is checked against the contract. */
export const envelopeFor = <D extends Durable>(clock: Clock, contract: D, emission: Emission<D>): Envelope => {
  const id = clock.newId();
  const correlation = currentCorrelation();
  return {
    id,
    name: contract.name,
    subject: publishSubject(contract, emission.domainId),
    occurred_at: new Date(clock.now()).toISOString(),
    domain_id: emission.domainId,
    correlation_id: correlation?.correlationId ?? id,
    causation_id: correlation?.causationId ?? null,
    traceparent: currentTraceparent(),
    data: dataSchema.parse(contract.data.parse(emission.data)),
  };
};

const dataSchema = z.record(z.string(), z.unknown());
