import type { Running } from '../../shared/runtime/platform.ts';
import { every } from '../../shared/work/every.ts';
import { createWorker } from '../../shared/work/worker.ts';
import { interruptTurn } from './begin-turn.ts';
import type { Deps } from './deps.ts';
import { claimRemovals, deleteSessions, restRemoval } from './store/removals.ts';
import { listExpiredTurns } from './store/turns.ts';

const turnsRestMs = 2_000;
const turnsPerRound = 200;
const removalsPollMs = 5_000;
const removalLeaseMs = 30_000;
const sessionsPerBatch = 200;
const messagesPerBatch = 1_000;
const batchesPerClaim = 50;

type SweeperDeps = Pick<Deps, 'database' | 'messaging' | 'clock' | 'logger'>;

/** Ends turns whose process died, and deletes the sessions and messages of domains that are gone. */
export const startSweepers = (deps: SweeperDeps): Running => {
  const { database, clock, logger } = deps;
  const turns = every({ name: 'chat turns', clock, logger, restMs: turnsRestMs }, async () => {
    // Replicas may find the same turn: only one of them ends it.
    const expired = await database.run((client) => listExpiredTurns(client, turnsPerRound));
    for (const turn of expired) await interruptTurn(deps, turn);
  });
  const removals = createWorker({
    name: 'chat removals',
    clock,
    logger,
    pollMs: removalsPollMs,
    concurrency: 1,
    claim: (limit) => database.run((client) => claimRemovals(client, { leaseMs: removalLeaseMs, limit })),
    run: (domainId, signal) => removeDomain(deps, domainId, signal),
  });
  return {
    stop: async () => {
      await Promise.all([turns.stop(), removals.stop()]);
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
        (await deleteSessions(client, domainId, sessionsPerBatch)) +
        (await messaging.forgetDomain(client, domainId, messagesPerBatch)),
    );
    if (deleted === 0) return database.run((client) => restRemoval(client, domainId));
  }
};
