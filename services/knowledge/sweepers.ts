import type { Running } from '../../shared/runtime/platform.ts';
import { every } from '../../shared/work/every.ts';
import { createWorker } from '../../shared/work/worker.ts';
import type { Deps } from './deps.ts';
import { claimRemovals, deleteDomainRows, restRemoval } from './store/removals.ts';

const blobAgeMs = 3_600_000;
const removalsPollMs = 1_000;
const removalLeaseMs = 30_000;
const rowsPerBatch = 200;
const batchesPerClaim = 50;

type SweeperDeps = Pick<Deps, 'blobs' | 'clock' | 'database' | 'logger' | 'messaging'>;

/** Deletes what is left of domains that are gone, and uploads whose request died before it fetched them. */
export const startSweepers = (deps: SweeperDeps): Running => {
  const { blobs, clock, database, logger } = deps;
  const uploads = every({ name: 'blob sweeper', clock, logger, restMs: blobAgeMs }, () => blobs.sweep(blobAgeMs));
  const removals = createWorker({
    name: 'knowledge removals',
    clock,
    logger,
    pollMs: removalsPollMs,
    concurrency: 1,
    claim: (limit) => database.run((client) => claimRemovals(client, { leaseMs: removalLeaseMs, limit })),
    run: (domainId, signal) => removeDomain(deps, domainId, signal),
  });
  return {
    stop: async () => {
      await Promise.all([uploads.stop(), removals.stop()]);
    },
  };
};

const removeDomain = async (
  { database, messaging }: SweeperDeps,
  domainId: string,
  signal: AbortSignal,
): Promise<void> => {
  for (let batch = 0; batch < batchesPerClaim && !signal.aborted; batch += 1) {
    const deleted = await database.run(
      async (client) =>
        (await deleteDomainRows(client, domainId, rowsPerBatch)) +
        (await messaging.forgetDomain(client, domainId, rowsPerBatch)),
    );
    if (deleted === 0) return database.run((client) => restRemoval(client, domainId));
  }
};
