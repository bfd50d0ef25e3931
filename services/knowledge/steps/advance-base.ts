import { Failure, toFailure } from '../../../shared/errors/failure.ts';
import { failpoint } from '../../../shared/runtime/failpoint.ts';
import { nextBaseState, pollDelayMs, stateMaxMs, type BaseState } from '../domain.ts';
import type { ClaimedBase } from '../store/bases.ts';
import { checkBase } from './check-base.ts';
import { clearFailed, deleteFromCloud } from './delete-from-cloud.ts';
import { createInCloud } from './create-in-cloud.ts';
import { followIndexing } from './follow-indexing.ts';
import { remindOfRetired } from './remind-of-retired.ts';
import type { Step, StepDeps, StepOutcome } from './step.ts';
import { uploadFiles } from './upload-files.ts';
import { waitForDatabase } from './wait-for-database.ts';

const steps: Record<BaseState, Step> = {
  uploading: uploadFiles,
  creating: createInCloud,
  waiting_database: waitForDatabase,
  indexing: followIndexing,
  indexed: checkBase,
  failed: clearFailed,
  retiring: remindOfRetired,
  deleting: deleteFromCloud,
};

/**
 * Runs the next step of a base whose lease we hold. A passing failure comes back later, as `Retry-After` or the pauses say,
 * for as long as it takes and without counting; a definite refusal fails the base and its documents, in words.
 */
export const advanceBase = async (deps: StepDeps, base: ClaimedBase, stopping: AbortSignal): Promise<void> => {
  try {
    await failpoint(`knowledge.${base.state}.before_step`);
    const outcome = await steps[base.state](deps, base, stopping);
    await failpoint(`knowledge.${base.state}.after_commit`);
    if (outcome === 'saved') deps.wakeBases();
    else if (isOverdue(base)) await deps.store.fail(base, overdue(base));
    else await lookAgain(deps, base, outcome);
  } catch (thrown) {
    await afterFailure(deps, base, toFailure(thrown));
  }
};

const isOverdue = (base: ClaimedBase): boolean => base.stateAgeMs > (stateMaxMs[base.state] ?? Infinity);

const overdue = (base: ClaimedBase): Failure => {
  const minutes = Math.round((stateMaxMs[base.state] ?? 0) / 60_000);
  const what = base.state === 'indexing' ? 'indexing the documents' : 'making the database of the documents';
  return new Failure('cloud_refused', { detail: `The cloud did not finish ${what} in ${minutes} minutes` });
};

const lookAgain = async (deps: StepDeps, base: ClaimedBase, outcome: Exclude<StepOutcome, 'saved'>): Promise<void> => {
  const { pollMinMs: minMs, pollMaxMs: maxMs } = deps.config;
  const attempt = outcome.isFresh === true ? 0 : base.attempt + 1;
  const delayMs = outcome.waitMs ?? pollDelayMs(base.attempt, { minMs, maxMs }, deps.clock.random());
  await deps.store.postpone(base, { attempt, delayMs });
  deps.wakeBases(delayMs + 10);
};

// Pauses of an outage do not grow with it: about a third of the longest pause.
const outageAttempt = 4;
// For what is a defect of ours; a state that waits for the cloud has its own limit.
const ownErrorsMax = 12;

const afterFailure = async (deps: StepDeps, base: ClaimedBase, failure: Failure): Promise<void> => {
  const about = { err: failure, base_id: base.id, state: base.state, attempt: base.attempt };
  // A token that lapsed is the operator's to mend: nobody's document fails for it.
  if (failure.code === 'cloud_credential_invalid') deps.logger.error(about, 'the cloud refuses our credential');
  else deps.logger.warn(about, 'step of base failed');
  if (isFinal(base, failure)) {
    await deps.store.fail(base, failure);
    return;
  }
  const { pollMinMs: minMs, pollMaxMs: maxMs } = deps.config;
  const isOutage = failure.retryable || failure.code === 'cloud_credential_invalid';
  const pauseMs = pollDelayMs(isOutage ? outageAttempt : base.attempt, { minMs, maxMs }, deps.clock.random());
  const delayMs = Math.max(pauseMs, failure.retryAfterMs ?? 0);
  await deps.store.postpone(base, { attempt: isOutage ? base.attempt : base.attempt + 1, delayMs });
  deps.wakeBases(delayMs + 10);
};

const isFinal = (base: ClaimedBase, failure: Failure): boolean => {
  // A state that no refusal ends, such as deleting, is owed until it is done.
  if (nextBaseState(base.state, 'refused') === base.state || failure.retryable) return false;
  if (failure.code === 'cloud_credential_invalid') return false;
  if (failure.code !== 'internal') return true;
  return stateMaxMs[base.state] === undefined ? base.attempt >= ownErrorsMax : isOverdue(base);
};
