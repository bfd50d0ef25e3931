import type { z } from 'zod';
import type { Delivery } from '../bus/port.ts';
import type { Durable, Owner } from '../contracts/message.ts';
import type { Transaction } from '../db/client.ts';
import { Failure, toFailure } from '../errors/failure.ts';
import type { Platform, Running } from '../runtime/platform.ts';
import { createWorker } from '../work/worker.ts';
import { recordAttempt, recordOnce } from './inbox.ts';
import { idempotently } from './idempotency.ts';
import { createEmit, createOwe, type Emit, type Owe } from './outbox.ts';
import { startRelay } from './relay.ts';

/** How one owner changes its rows and speaks of it: state, outgoing messages and incoming ids in one transaction. */
export interface Messaging extends Running {
  readonly emit: Emit;
  readonly owe: Owe;
  /**
   * One statement that changes rows and, by `owe`, writes what they cause; then wakes the relay. A third of the round
   * trips of `transaction`: for the ask path.
   */
  readonly statement: <T>(work: (client: Transaction) => Promise<T>) => Promise<T>;
  /** Commits all or nothing, then wakes the relay. Short: never across an outside call. */
  readonly transaction: <T>(work: (tx: Transaction) => Promise<T>) => Promise<T>;
  /** `transaction`, and the same answer for the same idempotency key. Without a key: plainly `transaction`. */
  readonly once: <S extends z.ZodType>(
    request: { readonly scope: string; readonly idempotency: { key: string; request_hash: string } | undefined },
    output: S,
    work: (tx: Transaction) => Promise<z.output<S>>,
  ) => Promise<z.output<S>>;
  /** Consumes a durable message; the handler's effect and the message id are one transaction, so it happens once. */
  readonly consume: <D extends Durable>(
    contract: D,
    handler: (tx: Transaction, delivery: Delivery<D>) => Promise<void>,
  ) => Promise<void>;
}

const attemptsMax = 12;
const keepSentDays = 7;
const keepInboxDays = 30;
const sweepMs = 600_000;

/** Starts relay and sweeper of one owner. */
export const startMessaging = (platform: Platform, owner: Owner): Messaging => {
  const { database, bus, clock, logger, started } = platform;
  const relay = startRelay({ owner, database, bus, clock, logger, started });
  const sweeper = createWorker({
    name: `${owner} sweeper`,
    clock,
    logger,
    pollMs: sweepMs,
    concurrency: 1,
    claim: async () => {
      await sweep(platform, owner);
      return [];
    },
    run: async () => undefined,
  });
  const transaction = async <T>(work: (tx: Transaction) => Promise<T>): Promise<T> => {
    const result = await database.transaction(work);
    relay.wake();
    return result;
  };
  return {
    emit: createEmit(owner, clock),
    owe: createOwe(owner, clock),
    statement: async (work) => {
      const result = await database.run(work);
      relay.wake();
      return result;
    },
    transaction,
    once: async ({ scope, idempotency }, output, work) =>
      transaction((tx) =>
        idempotency === undefined
          ? work(tx)
          : idempotently(tx, platform.secrets, { owner, scope, ...idempotency }, output, () => work(tx)),
      ),
    consume: async (contract, handler) => {
      const consumer = `${owner}:${contract.subject}`;
      await bus.consume(contract, owner, async (delivery) => {
        try {
          await transaction(async (tx) => {
            if (await recordOnce(tx, consumer, delivery.envelope.id)) await handler(tx, delivery);
          });
        } catch (thrown) {
          throw await countAttempt(platform, consumer, delivery.envelope.id, thrown);
        }
      });
    },
    stop: async () => {
      await sweeper.stop();
      await relay.stop();
    },
  };
};

/** After the last attempt the failure becomes final, whatever it was: the bus then buries the message. */
const countAttempt = async (platform: Platform, consumer: string, id: string, thrown: unknown): Promise<Failure> => {
  const failure = toFailure(thrown);
  // A database that is down is nobody's poison: the message waits for it without using up attempts.
  if (failure.code === 'service_unavailable') return failure;
  const attempts = await platform.database.run((client) => recordAttempt(client, consumer, id));
  platform.logger.warn({ err: failure, consumer, attempts }, 'message not handled');
  if (attempts >= attemptsMax) return new Failure('internal', { detail: `${failure.code} after ${attempts} attempts` });
  return failure.retryable ? failure : new Failure('service_unavailable', { cause: failure });
};

const sweep = async ({ database }: Platform, owner: Owner): Promise<void> =>
  database.run(async (client) => {
    await client.$executeRaw`
      delete from outbox where owner = ${owner} and sent_at < now() - make_interval(days => ${keepSentDays}::int)`;
    await client.$executeRaw`
      delete from inbox
      where consumer like ${`${owner}:%`} and updated_at < now() - make_interval(days => ${keepInboxDays}::int)`;
    await client.$executeRaw`
      delete from idempotency_keys where owner = ${owner} and created_at < now() - interval '24 hours'`;
  });
