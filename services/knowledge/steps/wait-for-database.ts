import { Failure } from '../../../shared/errors/failure.ts';
import { isDatabaseLost } from '../domain.ts';
import type { ClaimedBase } from '../store/bases.ts';
import type { Step, StepDeps } from './step.ts';
import { afterMissing, cloudIdOf } from './vanished.ts';

// The cloud starts indexing by itself; when it has not after this many looks, we ask for it.
const looksBeforeAsking = 6;

/**
 * Waits until the base's database is there (minutes for the first one), learns its id for the bases to come, and waits for
 * the indexing job that follows.
 */
export const waitForDatabase: Step = async (deps, base) => {
  const kbUuid = cloudIdOf(base);
  const found = await deps.cloud.getBase(kbUuid);
  if (found === null) return afterMissing(deps, base);
  if (isDatabaseLost(found.databaseStatus)) {
    await deps.store.forgetDatabase(found.databaseId ?? base.databaseId);
    throw new Failure('cloud_refused', { detail: 'The cloud has given up the database of the knowledge base' });
  }
  if (found.databaseId !== null && base.databaseId !== found.databaseId) {
    await deps.store.learnDatabase(base, found.databaseId);
  }
  if (found.databaseStatus !== null && found.databaseStatus !== 'ONLINE') return {};
  const job = found.indexingJobUuid ?? (base.attempt < looksBeforeAsking ? null : await askForJob(deps, kbUuid));
  if (job === null) return {};
  await deps.store.saveJob(base, job);
  return 'saved';
};

/** Null when the cloud will not start one now, be it that one is under way which it has not shown yet. */
const askForJob = async (deps: StepDeps, kbUuid: string): Promise<ClaimedBase['indexingJobUuid']> => {
  try {
    return await deps.cloud.startIndexing(kbUuid);
  } catch (thrown) {
    if (thrown instanceof Failure && thrown.code === 'cloud_refused') return null;
    throw thrown;
  }
};
