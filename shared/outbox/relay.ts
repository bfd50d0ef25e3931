import type { Logger } from 'pino';
import { z } from 'zod';
import { commands, events } from '../contracts/catalogue.ts';
import { envelopeSchema, type Durable, type Owner } from '../contracts/message.ts';
import type { Bus } from '../bus/port.ts';
import type { Database } from '../db/client.ts';
import type { Clock } from '../runtime/clock.ts';
import { watchOutboxAge } from '../telemetry/metrics.ts';
import { batchMax, claimMs, createLostRows, type ClaimedRow } from './lost-rows.ts';
import { createWorker, type Worker } from '../work/worker.ts';

interface RelayOptions {
  readonly owner: Owner;
  readonly database: Database;
  readonly bus: Bus;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Nothing is published before. */
  readonly started: Promise<void>;
}

const idlePollMs = 1_000;

const durables = new Map<string, Durable>([...commands, ...events].map((contract) => [contract.subject, contract]));

/**
 * Publishes what `owner` owes to the bus. The process that commits a row wakes its own relay; the poll finds what a dead
 * process left (refused: NOTIFY, which every commit on the ask path would pay for). Replicas share rows by SKIP LOCKED. A
 * row that the bus does not take stays unsent and is claimed again; a crash between publish and mark publishes twice,
 * which every consumer bears. When the bus lost its store, the kept rows that were sent before are owed again: nobody knows
 * which of them were consumed.
 */
export const startRelay = (options: RelayOptions): Worker => {
  const { database, owner } = options;
  const lost = createLostRows(database, owner);
  const worker = createWorker({
    name: `${owner} relay`,
    clock: options.clock,
    logger: options.logger,
    pollMs: idlePollMs,
    concurrency: 1,
    claim: async () => {
      await options.started;
      const due = await claim(database, owner);
      if (due.length > 0) return [due];
      // Only when nothing new waits, so that what is asked for now is not behind a week of repetitions.
      const again = await lost.claim();
      return again.length === 0 ? [] : [again];
    },
    run: async (rows) => {
      const sent = await publishAll(options, rows);
      await mark(database, rows, sent);
    },
  });
  options.bus.onStoreBegun((sinceMs) => {
    lost.expect(sinceMs);
    worker.wake();
  });
  watchOutboxAge(owner, () => oldestSeconds(database, owner));
  return worker;
};

const claim = async (database: Database, owner: Owner): Promise<readonly ClaimedRow[]> =>
  database.run(
    (client) => client.$queryRaw<ClaimedRow[]>`
    update outbox set claimed_until = now() + make_interval(secs => ${claimMs / 1000}::float8)
    where id in (
      select id from outbox
      where owner = ${owner} and sent_at is null and not_before <= now() and (claimed_until is null or claimed_until < now())
      order by id limit ${batchMax} for update skip locked)
    returning id, subject, envelope`,
  );

const publishAll = async (options: RelayOptions, rows: readonly ClaimedRow[]): Promise<readonly bigint[]> => {
  const outcomes = await Promise.allSettled(
    [...rows]
      .sort((left, right) => Number(left.id - right.id))
      .map(async (row) => {
        const contract = durables.get(row.subject);
        // A subject no version of ours knows can only be a row of a newer release: leave it to that one.
        if (contract === undefined) throw new Error(`No contract for ${row.subject}`);
        await options.bus.publish(contract, envelopeSchema.parse(row.envelope));
        return row.id;
      }),
  );
  for (const outcome of outcomes) {
    if (outcome.status === 'rejected') options.logger.warn({ err: outcome.reason }, 'outbox row not published');
  }
  return outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
};

const mark = async (database: Database, rows: readonly ClaimedRow[], sent: readonly bigint[]): Promise<void> => {
  const unsent = rows.map((row) => row.id).filter((id) => !sent.includes(id));
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
      update outbox set claimed_until = null, not_before = now() + interval '1 second' where id = any(${unsent})`,
    );
  }
};

const ageRow = z.tuple([z.object({ seconds: z.number() })]);

const oldestSeconds = async (database: Database, owner: Owner): Promise<number> => {
  const rows = await database.run(
    (client) => client.$queryRaw<unknown[]>`
    select coalesce(extract(epoch from now() - min(not_before)), 0)::float8 as seconds from outbox
    where owner = ${owner} and sent_at is null and not_before <= now()`,
  );
  return ageRow.parse(rows)[0].seconds;
};
