import { cloudOrphans } from '../../shared/telemetry/metrics.ts';
import { createWorker, type Worker } from '../../shared/work/worker.ts';
import type { Deps } from './deps.ts';
import { findOrphanBases } from './orphans.ts';

/** Looks through the cloud for bases that are ours and nobody's, and says so; deletes nothing. */
export const startJanitor = (deps: Deps): Worker =>
  createWorker({
    name: 'knowledge janitor',
    clock: deps.clock,
    logger: deps.logger,
    pollMs: deps.config.checkMs,
    concurrency: 1,
    claim: async () => {
      const { length } = await findOrphanBases(deps);
      cloudOrphans.set({ kind: 'base' }, length);
      if (length > 0) deps.logger.warn({ orphans: length }, "the cloud holds bases of ours that are nobody's");
      return [];
    },
    run: async () => undefined,
  });
