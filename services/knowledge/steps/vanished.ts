import { Failure } from '../../../shared/errors/failure.ts';
import type { ClaimedBase } from '../store/bases.ts';
import type { StepDeps, StepOutcome } from './step.ts';

/** The base's id in the cloud; a state that implies one does not lose it, so its absence is a defect of ours. */
export const cloudIdOf = ({ kbUuid, state }: ClaimedBase): string => {
  if (kbUuid === null) throw new Failure('internal', { detail: `A base without a cloud id is ${state}` });
  return kbUuid;
};

// The platform may answer 404 for a while after a creation (its guide speaks of 30 s), so believe a loss only later.
const unknownMaxMs = (settleMs: number): number => Math.min(45_000, settleMs / 2);
const looksMin = 3;
// What keeps vanishing will vanish again.
const startOverMaxMs = 6 * 3_600_000;

/** A base on its way in that the cloud does not know any more is made again from our own copy of its documents. */
export const afterMissing = async (deps: StepDeps, base: ClaimedBase): Promise<StepOutcome> => {
  if (base.stateAgeMs < unknownMaxMs(deps.config.settleMs) || base.attempt < looksMin) return {};
  if (base.ageMs > startOverMaxMs) {
    throw new Failure('cloud_refused', { detail: 'The knowledge base keeps vanishing from the cloud' });
  }
  deps.logger.warn({ base_id: base.id, kb_uuid: base.kbUuid }, 'base vanished from the cloud: it is made again');
  await deps.store.startOver(base);
  return 'saved';
};
