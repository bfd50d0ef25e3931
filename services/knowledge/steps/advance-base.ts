import { Failure, toFailure } from '../../../shared/errors/failure.ts';
import type { Deps } from '../deps.ts';
import { nextBaseState, pollDelayMs, type BaseState } from '../domain.ts';
import { saveStep, type Base, type BaseChange } from '../store/bases.ts';
import { createInCloud } from './create-in-cloud.ts';
import { deleteFromCloud } from './delete-from-cloud.ts';
import { failBase } from './fail-base.ts';
import { followIndexing } from './follow-indexing.ts';
import { uploadFiles } from './upload-files.ts';
import { waitForDatabase } from './wait-for-database.ts';

/** What a step found: it has saved its outcome itself, or the base is to be looked at again later. */
export type StepOutcome = 'saved' | { readonly waitMs?: number; readonly change?: BaseChange };
/** `stopping` is for steps that take long: they leave off at a place they can go on from. */
export type Step = (deps: Deps, base: Base, stopping: AbortSignal) => Promise<StepOutcome>;

const steps: Partial<Record<BaseState, Step>> = {
  uploading: uploadFiles,
  creating: createInCloud,
  waiting_database: waitForDatabase,
  indexing: followIndexing,
  deleting: deleteFromCloud,
};

/**
 * Runs the next step of a base whose lease we hold. A passing failure comes back later, as `Retry-After` or the growing
 * wait says, for as long as it takes; a definite refusal fails the base and its documents, in words.
 */
export const advanceBase = async (deps: Deps, base: Base, stopping: AbortSignal): Promise<void> => {
  const step = steps[base.state];
  if (step === undefined) return;
  try {
    const outcome = await step(deps, base, stopping);
    if (outcome !== 'saved') await lookAgain(deps, base, outcome.waitMs, outcome.change);
  } catch (thrown) {
    const failure = toFailure(thrown);
    deps.logger.warn(
      { err: failure, base_id: base.id, state: base.state, attempt: base.attempt },
      'step of base failed',
    );
    // A state that no refusal ends, such as deleting, is owed until it is done.
    const isFinal =
      !failure.retryable && failure.code !== 'internal' && nextBaseState(base.state, 'refused') !== base.state;
    if (!isFinal) await lookAgain(deps, base, failure.retryAfterMs);
    else await failBase(deps, base, new Failure(failure.code, { detail: failure.detail }));
  }
};

const lookAgain = async (deps: Deps, base: Base, waitMs?: number, change: BaseChange = {}): Promise<void> => {
  const { pollMinMs: minMs, pollMaxMs: maxMs } = deps.config;
  const delayMs = waitMs ?? pollDelayMs(base.attempt, { minMs, maxMs }, deps.clock.random());
  const nextAt = new Date(deps.clock.now() + delayMs);
  await deps.database.run((client) => saveStep(client, base, { ...change, attempt: base.attempt + 1, nextAt }));
  deps.wakeBases(delayMs + 10);
};
