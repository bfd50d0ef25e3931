import type { z } from 'zod';
import type { Delivery } from '../bus/port.ts';
import type { Durable, StoringOwner } from '../contracts/message.ts';
import type { Transaction } from '../db/client.ts';
import type { Platform, Running } from '../runtime/platform.ts';
import { watchDeadLetters, watchOutboxAge, watchOutboxUnknown } from '../telemetry/metrics.ts';
import { answerDeadLetters } from './answer-dead-letters.ts';
import { watchBacklog } from './backlog.ts';
import { createConsumers } from './consume.ts';
import { countDeadLetters } from './dead-letters.ts';
import { forgetDomain } from './forget-domain.ts';
import { idempotently, withoutDoubt } from './idempotency.ts';
import { recordOnce } from './inbox.ts';
import { createEmit, createOwe, type Emit, type Owe } from './outbox.ts';
import { createRelayRows } from './relay-rows.ts';
import { startRelay } from './relay.ts';
import { startReplays } from './replays.ts';
import { startSweeper } from './sweep.ts';

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
  /**
   * Deletes at most `limit` each of the dead letters and sent events that are kept of a domain that is gone, and tells how
   * many there were.
   */
  readonly forgetDomain: (client: Transaction, domainId: string, limit: number) => Promise<number>;
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

/** Starts what keeps the messages of one owner: relay, replays and sweeper, and answers about its dead letters. */
export const startMessaging = async (platform: Platform, owner: StoringOwner): Promise<Messaging> => {
  const { database, bus, clock, logger, started } = platform;
  const store = createRelayRows(database, owner);
  const relay = startRelay({ owner, store, bus, clock, logger, started });
  const consumers = createConsumers(platform, owner);
  const replays = startReplays(platform, owner, consumers.byName);
  const sweeper = startSweeper(platform, owner);
  watchOutboxAge(owner, store.oldestSeconds);
  watchOutboxUnknown(owner, store.countUnknown);
  watchDeadLetters(owner, () => database.run((client) => countDeadLetters(client, owner)));
  await answerDeadLetters(platform, owner, replays.wake);
  const backlog = watchBacklog(platform, owner);
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
  return {
    emit: createEmit(owner, clock),
    owe: createOwe(owner, clock),
    statement,
    transaction,
    forgetDomain: (client, domainId, limit) => forgetDomain(client, { owner, domainId, limit }),
    once: async ({ scope, idempotency }, output, work) =>
      idempotency === undefined
        ? transaction(work)
        : withoutDoubt(() =>
            transaction((tx) =>
              idempotently(tx, platform.secrets, { owner, scope, ...idempotency }, output, () => work(tx)),
            ),
          ),
    consume: (contract, handler) =>
      consumers.add(contract, (delivery, consumer) =>
        transaction(async (tx) => {
          if (await recordOnce(tx, consumer, delivery.envelope.id)) await handler(tx, delivery);
        }),
      ),
    consumeOnceByKey: (contract, handler) =>
      consumers.add(contract, (delivery) => statement((client) => handler(client, delivery))),
    stop: async () => {
      await Promise.all([sweeper.stop(), replays.stop(), backlog.stop()]);
      await relay.stop();
    },
  };
};
