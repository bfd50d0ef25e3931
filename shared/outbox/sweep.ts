import type { StoringOwner } from '../contracts/message.ts';
import type { Transaction } from '../db/client.ts';
import type { Platform, Running } from '../runtime/platform.ts';
import { every } from '../work/every.ts';

const keepSentDays = 7;
const keepInboxDays = 30;
const keepKeysHours = 24;
const sweepMs = 600_000;
// A delete of everything at once would run into the statement timeout, every time.
const rowsPerBatch = 5_000;
const batchesMax = 200;

/** Deletes what is kept for a time only: sent messages, the inbox's memory, answers to idempotency keys. */
export const startSweeper = ({ database, clock, logger }: Platform, owner: StoringOwner): Running =>
  every({ name: `${owner} sweeper`, clock, logger, restMs: sweepMs }, async () => {
    for (const sweep of sweeps) await inBatches(() => database.run((client) => sweep(client, owner)));
  });

const inBatches = async (deleteBatch: () => Promise<number>): Promise<void> => {
  for (let batch = 0; batch < batchesMax; batch += 1) {
    if ((await deleteBatch()) < rowsPerBatch) return;
  }
};

/** Deletes at most `rowsPerBatch` rows and tells how many there were. */
type Sweep = (client: Transaction, owner: StoringOwner) => Promise<number>;

const sweepOutbox: Sweep = (client, owner) => client.$executeRaw`
  delete from outbox where id in (
    select id from outbox
    where owner = ${owner} and sent_at < now() - make_interval(days => ${keepSentDays}::int) limit ${rowsPerBatch}::int)`;

const sweepInbox: Sweep = (client, owner) => client.$executeRaw`
  delete from inbox where (consumer, msg_id) in (
    select consumer, msg_id from inbox
    where consumer like ${`${owner}:%`} and updated_at < now() - make_interval(days => ${keepInboxDays}::int)
    limit ${rowsPerBatch}::int)`;

const sweepIdempotencyKeys: Sweep = (client, owner) => client.$executeRaw`
  delete from idempotency_keys where (owner, scope, key) in (
    select owner, scope, key from idempotency_keys
    where owner = ${owner} and created_at < now() - make_interval(hours => ${keepKeysHours}::int)
    limit ${rowsPerBatch}::int)`;

const sweeps: readonly Sweep[] = [sweepOutbox, sweepInbox, sweepIdempotencyKeys];
