import { Failure } from '../../../shared/errors/failure.ts';
import type { ClaimedBase } from '../store/bases.ts';
import type { Document } from '../store/documents.ts';
import type { StepDeps } from './step.ts';
import { cloudIdOf } from './vanished.ts';

/** What became of a document in the cloud; `open` while the cloud does not say. */
export interface Verdict {
  readonly documentId: string;
  readonly sourceUuid: string | null;
  readonly is: 'indexed' | 'failed' | 'open';
  /** Of a failure, in words. */
  readonly reason?: string;
}

/**
 * Judges the documents of a base whose job succeeded. `indexed` wants both: the source listed under the name we gave it, and
 * the job's word for it. Sources may be listed late.
 */
export const verdictsFor = async (
  deps: Pick<StepDeps, 'cloud'>,
  base: ClaimedBase,
  documents: readonly Document[],
): Promise<readonly Verdict[]> => {
  const sources = await deps.cloud.listSources(cloudIdOf(base));
  const judged = await deps.cloud.sourceVerdicts(jobIdOf(base));
  return documents.map(({ id: documentId, storedName }) => {
    const sourceUuid = sources.get(storedName) ?? null;
    const verdict = sourceUuid === null ? undefined : judged.get(sourceUuid);
    if (verdict?.is === 'failed') return { documentId, sourceUuid, is: 'failed', reason: verdict.reason };
    return { documentId, sourceUuid, is: verdict?.is === 'indexed' ? 'indexed' : 'open' };
  });
};

/** The job that a base which is indexing, or was, has. */
export const jobIdOf = ({ indexingJobUuid, state }: ClaimedBase): string => {
  if (indexingJobUuid === null) throw new Failure('internal', { detail: `A base without an indexing job is ${state}` });
  return indexingJobUuid;
};
