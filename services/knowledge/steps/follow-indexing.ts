import { Failure } from '../../../shared/errors/failure.ts';
import { failpoint } from '../../../shared/runtime/failpoint.ts';
import { afterMissing, cloudIdOf } from './vanished.ts';
import { jobIdOf, verdictsFor } from './verdicts.ts';
import type { Step } from './step.ts';

// A job may not be found right after its start.
const looksForJob = 5;

/**
 * Follows the indexing job to its end, over restarts and judged by its phase. Then each document gets its own verdict: its
 * source is there and the job indexed it, or it failed, in words. One the cloud does not speak of yet stays open.
 */
export const followIndexing: Step = async (deps, base) => {
  const kbUuid = cloudIdOf(base);
  const outcome = await deps.cloud.indexingOutcome(jobIdOf(base));
  if (outcome === 'running') return {};
  if (outcome === 'failed') throw new Failure('cloud_refused', { detail: 'The cloud could not index the documents' });
  if (outcome === 'missing') {
    if (base.attempt < looksForJob) return {};
    if ((await deps.cloud.getBase(kbUuid)) === null) return afterMissing(deps, base);
    await deps.store.loseJob(base);
    return 'saved';
  }
  const documents = await deps.store.documentsOf(base);
  const verdicts = await verdictsFor(deps, base, documents);
  await failpoint('knowledge.indexing.after_calls');
  await deps.store.conclude(base, verdicts);
  return 'saved';
};
