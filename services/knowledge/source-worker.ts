import { createWorker, type Worker } from '../../shared/work/worker.ts';
import type { Deps } from './deps.ts';
import { startRemoval } from './start-removal.ts';
import { startRun } from './start-run.ts';
import { versionsOf } from './store/documents.ts';
import { isHeld } from './store/removals.ts';
import { takeGoing } from './store/source-pages.ts';
import { isRunning } from './store/source-runs.ts';
import { claimSources, deleteSource, lockSource, releaseSource, type Source } from './store/sources.ts';

const pollMs = 1_000;
const leaseMs = 30_000;
const pagesPerStep = 50;

/** Starts the runs of sources that are due, and takes out pages that are to go. */
export const startSourceWorker = (deps: Deps): Worker =>
  createWorker({
    name: 'knowledge sources',
    clock: deps.clock,
    logger: deps.logger,
    pollMs,
    concurrency: 2,
    claim: (limit) => deps.database.run((client) => claimSources(client, { leaseMs, limit })),
    run: async (source, signal) => {
      try {
        while (!signal.aborted && (await prunePages(deps, source))) deps.wakeJobs();
        await startDueRun(deps, source);
      } finally {
        await deps.database.run((client) => releaseSource(client, source.id));
      }
    },
  });

const startDueRun = async (deps: Deps, { id, domainId }: Source): Promise<void> => {
  await deps.messaging.transaction(async (tx) => {
    if (!(await isHeld(tx, domainId))) return;
    const source = await lockSource(tx, id);
    if (source?.state !== 'active' || source.nextRunAt.getTime() > deps.clock.now()) return;
    if (!(await isRunning(tx, id))) await startRun(deps, tx, source);
  });
  deps.wakeJobs();
};

/** True when there may be more. */
const prunePages = (deps: Deps, { id, domainId }: Source): Promise<boolean> =>
  deps.messaging.transaction(async (tx) => {
    if (!(await isHeld(tx, domainId))) return false;
    const source = await lockSource(tx, id);
    if (source === null) return false;
    const names = await takeGoing(tx, id, pagesPerStep);
    const versions = [];
    for (const sourceUrl of names) {
      const present = await versionsOf(tx, domainId, { sourceUrl });
      versions.push(...present.filter(({ state }) => state !== 'removing'));
    }
    if (versions.length > 0) await startRemoval(deps, tx, domainId, { versions, because: 'vanished' });
    const isLeft = (await tx.sourcePage.count({ where: { sourceId: id, state: 'going' } })) > 0;
    if (!isLeft && source.state === 'removing') await deleteSource(tx, id);
    return isLeft;
  });
