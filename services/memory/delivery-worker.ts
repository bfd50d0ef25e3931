import type { Database } from '../../shared/db/client.ts';
import type { Clock } from '../../shared/runtime/clock.ts';
import { createWorker, type Worker } from '../../shared/work/worker.ts';
import type { Logger } from '../../shared/telemetry/logger.ts';
import type { Accounts } from './accounts.ts';
import { restOf, troubleOf, type MemoriClient } from './client.ts';
import { deliveryVerdict } from './delivery-verdict.ts';
import { remoteUserOf } from './remote-user.ts';
import {
  buryDelivery,
  claimDeliveries,
  parkDeliveries,
  pauseDeliveries,
  postponeDelivery,
  retryDelivery,
  settleDelivery,
  type MemoryDelivery,
} from './store/deliveries.ts';

interface WorkerParts {
  readonly database: Database;
  readonly accounts: Accounts;
  readonly client: MemoriClient;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly pollMs: number;
  readonly sendTimeoutMs: number;
}

const concurrency = 4;
/** Who has not sent by then lets the lease run out: somebody else may have the turn before the sending is over. */
const sendSoonMs = 5_000;
/** For noting what came of it, with the database at its slowest. */
const settleMs = 20_000;

/** Sends to Memori, behind the visitor's back, what the turns of its domains left in `memory_deliveries`. */
export const startDeliveryWorker = (parts: WorkerParts): Worker => {
  const leaseMs = sendSoonMs + parts.sendTimeoutMs + settleMs;
  return createWorker({
    name: 'memory deliveries',
    clock: parts.clock,
    logger: parts.logger,
    pollMs: parts.pollMs,
    concurrency,
    // A fresh owner for every claim, so that who lost a lease cannot pass for the one that has it now.
    claim: (limit) =>
      parts.database.run((client) => claimDeliveries(client, { leaseOwner: parts.clock.newId(), leaseMs, limit })),
    run: (delivery) => deliver(parts, delivery),
  });
};

const deliver = async (parts: WorkerParts, delivery: MemoryDelivery): Promise<void> => {
  const { domainId, userId, sessionId } = delivery;
  const claimedAt = parts.clock.now();
  const account = await parts.accounts.usable(domainId);
  if (account === undefined) return parts.database.run((client) => parkDeliveries(client, domainId));
  if (parts.clock.now() - claimedAt > sendSoonMs) return;
  const subject = { domainId, apiKey: account.apiKey, remoteUser: remoteUserOf(account.salt, userId), sessionId };
  try {
    await parts.client.remember(subject, delivery.question);
  } catch (thrown) {
    return settleFailure(parts, delivery, thrown);
  }
  if (account.isDoubtful) await parts.accounts.markValid(domainId);
  await parts.database.run((client) => settleDelivery(client, delivery));
};

const settleFailure = async (parts: WorkerParts, delivery: MemoryDelivery, thrown: unknown): Promise<void> => {
  const { database, clock, logger } = parts;
  const trouble = troubleOf(thrown);
  const verdict = deliveryVerdict({
    trouble,
    attempt: delivery.attempt,
    ageMs: clock.now() - delivery.createdAt.getTime(),
    retryAfterMs: restOf(thrown),
    chance: clock.random(),
  });
  logger.warn(
    { err: thrown, delivery: delivery.id, attempt: delivery.attempt, then: verdict.do },
    'Memori took no turn',
  );
  switch (verdict.do) {
    case 'retry':
      return database.run((client) => retryDelivery(client, delivery, verdict.afterMs, trouble));
    case 'postpone':
      return database.run((client) => postponeDelivery(client, delivery, verdict.afterMs));
    case 'park':
      await parts.accounts.markInvalid(delivery.domainId);
      return database.run((client) => parkDeliveries(client, delivery.domainId));
    case 'pause':
      return database.run((client) => pauseDeliveries(client, delivery.domainId, verdict.afterMs, trouble));
    case 'bury':
      return database.run((client) => buryDelivery(client, delivery, verdict.reason));
  }
};
