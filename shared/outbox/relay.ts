import type { Logger } from 'pino';
import type { Bus } from '../bus/port.ts';
import { envelopeSchema, type StoringOwner } from '../contracts/message.ts';
import type { Clock } from '../runtime/clock.ts';
import { failpoint } from '../runtime/failpoint.ts';
import { createWorker, type Worker } from '../work/worker.ts';
import { durables } from './durables.ts';
import { createLostRows } from './lost-rows.ts';
import { claimMs, type ClaimedRow, type RelayStore } from './relay-rows.ts';

interface RelayOptions {
  readonly owner: StoringOwner;
  readonly store: RelayStore;
  readonly bus: Pick<Bus, 'health' | 'onStoreBegun' | 'publish'>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Nothing is published before. */
  readonly started: Promise<void>;
}

const idlePollMs = 1_000;
// Nobody waits for an event, and under load what is owed within this long leaves for one claim and one mark.
const gatherMs = 40;

/**
 * Publishes what `owner` owes to the bus. The process that commits a row wakes its own relay; the poll finds what a dead
 * process left (refused: NOTIFY, which every commit on the ask path would pay for). Events of one domain leave in the order
 * in which they were committed, whatever fails and however many replicas there are; domains and commands do not wait for
 * one another. A row that the bus does not take is claimed again later; a crash between publish and mark publishes twice,
 * which every consumer bears. Rows of a message that this version does not know are left to the version that does. When
 * the bus lost its store, the kept rows that were sent before are owed again: nobody knows which of them were consumed.
 */
export const startRelay = (options: RelayOptions): Worker => {
  const { bus, owner, store } = options;
  const lost = createLostRows(store);
  const worker = createWorker({
    name: `${owner} relay`,
    clock: options.clock,
    logger: options.logger,
    pollMs: idlePollMs,
    gatherMs,
    concurrency: 1,
    claim: async () => {
      await options.started;
      // Claimed rows that cannot leave would only wait longer.
      if (!bus.health().connected) return [];
      const due = await store.claim();
      if (due.length > 0) return batchOf(due);
      // Only when nothing new waits, so that what is asked for now is not behind a week of repetitions.
      const again = (await lost.owe()) > 0 ? await store.claim() : [];
      return batchOf(again);
    },
    run: async ({ claim, rows }) => {
      const { sent, failed } = await publishAll(options, rows);
      const unsent = rows.map(({ id }) => id).filter((id) => !sent.has(id));
      if (sent.size > 0) await store.markSent(claim, [...sent]);
      if (unsent.length > 0) await store.giveBack(claim, unsent, failed);
    },
  });
  bus.onStoreBegun((sinceMs) => {
    lost.expect(sinceMs);
    worker.wake();
  });
  return worker;
};

/** Rows that were claimed together. */
const batchOf = (rows: readonly ClaimedRow[]) => rows.slice(0, 1).map(({ claim }) => ({ claim, rows }));

interface Published {
  readonly sent: ReadonlySet<bigint>;
  readonly failed: readonly bigint[];
}

/** Sequences side by side, the rows of each one after the other; a sequence ends at its first row that fails. */
const publishAll = async (options: RelayOptions, rows: readonly ClaimedRow[]): Promise<Published> => {
  const sent = new Set<bigint>();
  const failed: bigint[] = [];
  const until = options.clock.now() + claimMs / 2;
  const publishSequence = async (sequence: readonly ClaimedRow[]): Promise<void> => {
    for (const row of sequence) {
      // What is left when the claim nears its end is left to the next one.
      if (options.clock.now() > until) return;
      try {
        await publish(options, row);
        sent.add(row.id);
      } catch (thrown) {
        failed.push(row.id);
        options.logger.warn({ err: thrown, subject: row.subject }, 'outbox row not published');
        return;
      }
    }
  };
  await Promise.all(sequencesOf(rows).map(publishSequence));
  return { sent, failed };
};

const publish = async ({ owner, bus }: RelayOptions, row: ClaimedRow): Promise<void> => {
  const contract = durables.get(row.subject);
  if (contract === undefined) throw new Error(`No contract for ${row.subject}`);
  await failpoint(`${owner}.relay.publish`);
  // A claim that nobody gave back is of a process that died, over this bus perhaps in the hands of a consumer.
  await bus.publish(contract, envelopeSchema.parse(row.envelope), { isSuspect: row.is_suspect });
};

const sequencesOf = (rows: readonly ClaimedRow[]): readonly (readonly ClaimedRow[])[] => {
  const sequences = new Map<string, ClaimedRow[]>();
  for (const row of [...rows].sort((left, right) => (left.id < right.id ? -1 : 1))) {
    const key = row.ordered_by ?? `alone ${row.id}`;
    sequences.set(key, [...(sequences.get(key) ?? []), row]);
  }
  return [...sequences.values()];
};
