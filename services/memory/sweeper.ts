import type { Running } from '../../shared/runtime/platform.ts';
import { createWorker } from '../../shared/work/worker.ts';
import type { Deps } from './deps.ts';
import { claimRemovals, deleteDomainRows, restRemoval } from './store/removals.ts';

const pollMs = 5_000;
const leaseMs = 30_000;
const rowsPerBatch = 1_000;
const batchesPerClaim = 50;

type SweeperDeps = Pick<Deps, 'database' | 'messaging' | 'clock' | 'logger' | 'accounts'>;

/** Deletes all that is remembered for domains that are gone. */
export const startSweeper = (deps: SweeperDeps): Running =>
  createWorker({
    name: 'memory removals',
    clock: deps.clock,
    logger: deps.logger,
    pollMs,
    concurrency: 1,
    claim: (limit) => deps.database.run((client) => claimRemovals(client, { leaseMs, limit })),
    run: (domainId, signal) => removeDomain(deps, domainId, signal),
  });

const removeDomain = async (
  { database, messaging, accounts }: SweeperDeps,
  domainId: string,
  signal: AbortSignal,
): Promise<void> => {
  accounts.drop(domainId);
  for (let batch = 0; batch < batchesPerClaim && !signal.aborted; batch += 1) {
    const deleted = await database.run(
      async (client) =>
        (await deleteDomainRows(client, domainId, rowsPerBatch)) +
        (await messaging.forgetDomain(client, domainId, rowsPerBatch)),
    );
    if (deleted === 0) return database.run((client) => restRemoval(client, domainId));
  }
};
