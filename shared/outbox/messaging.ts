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
  /**
   * `consume` for an effect that is one statement and does nothing the second time, by a unique key of its own: no inbox
   * row and a fifth of the round trips. For what every ask causes.
   */
  readonly consumeOnceByKey: <D extends Durable>(
    contract: D,
    handler: (client: Transaction, delivery: Delivery<D>) => Promise<void>,
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
  const sweeper = startSweeper(platform, owner);
  const transaction = async <T>(work: (tx: Transaction) => Promise<T>): Promise<T> => {
    const result = await database.transaction(work);
    relay.wake();
    return result;
  };
  const statement = async <T>(work: (client: Transaction) => Promise<T>): Promise<T> => {
    const result = await database.run(work);
    relay.wake();
    return result;
  };
  const consume = async <D extends Durable>(
    contract: D,
    effect: (delivery: Delivery<D>, consumer: string) => Promise<void>,
  ): Promise<void> => {
    const consumer = `${owner}:${contract.subject}`;
    await bus.consume(contract, owner, async (delivery) => {
      try {
        await effect(delivery, consumer);
      } catch (thrown) {
        throw await countAttempt(platform, consumer, delivery.envelope.id, thrown);
      }
    });
  };
  return {
    emit: createEmit(owner, clock),
    owe: createOwe(owner, clock),
    statement,
    transaction,
    once: async ({ scope, idempotency }, output, work) =>
      transaction((tx) =>
        idempotency === undefined
          ? work(tx)
          : idempotently(tx, platform.secrets, { owner, scope, ...idempotency }, output, () => work(tx)),
      ),
    consume: (contract, handler) =>
      consume(contract, (delivery, consumer) =>
        transaction(async (tx) => {
          if (await recordOnce(tx, consumer, delivery.envelope.id)) await handler(tx, delivery);
        }),
      ),
    consumeOnceByKey: (contract, handler) =>
      consume(contract, (delivery) => statement((client) => handler(client, delivery))),
    stop: async () => {
      await sweeper.stop();
      await relay.stop();
    },
  };
};

const startSweeper = (platform: Platform, owner: Owner): Running =>
  createWorker({
    name: `${owner} sweeper`,
    clock: platform.clock,
    logger: platform.logger,
    pollMs: sweepMs,
    concurrency: 1,
    claim: async () => {
      await sweep(platform, owner);
      return [];
    },
    run: async () => undefined,
  });

/** After the last attempt the failure becomes final, whatever it was: the bus then buries the message. */
const countAttempt = async (platform: Platform, consumer: string, id: string, thrown: unknown): Promise<Failure> => {
  const failure = toFailure(thrown);
  // A database that is down is nobody's poison: the message waits for it without using up attempts.
  if (failure.code === 'service_unavailable') return failure;
  const attempts = await platform.database.run((client) => recordAttempt(client, consumer, id));
  platform.logger.warn({ err: failure, consumer, attempts }, 'message not handled');
  if (attempts >= attemptsMax) return new Failure('internal', { detail: `${failure.code} after ${attempts} attempts` });
  // The code that the bus tries again without a count of its own: this one survives it and leaves outages out.
  const { retryAfterMs } = failure;
  return new Failure('service_unavailable', {
    cause: failure,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });
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
