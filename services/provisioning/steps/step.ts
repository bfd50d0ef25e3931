import type { InstallationTag } from '../../../shared/gradient/installation.ts';
import type { Platform } from '../../../shared/runtime/platform.ts';
import type { Gradient } from '../client.ts';
import type { ProvisioningConfig } from '../config.ts';
import type { Signal } from '../domain.ts';
import type { SagaStore, SagaWrites } from '../store/saga-store.ts';
import type { ClaimedSaga, SagaChanges } from '../store/sagas.ts';

export interface StepDeps extends Pick<Platform, 'clock' | 'logger'> {
  readonly config: ProvisioningConfig;
  readonly gradient: Gradient;
  readonly installationTag: InstallationTag;
  readonly secrets: Pick<Platform['secrets'], 'seal'>;
  readonly store: SagaStore;
}

/** What a step found out. It is saved as a whole or not at all. */
export interface Outcome {
  /** What happened; without one the state stays and the step is tried again. */
  readonly signal?: Signal;
  /** Rest before the next step; none by default. */
  readonly afterMs?: number;
  /** Of the same state: how many there will have been; one more by default. */
  readonly attempt?: number;
  readonly changes?: SagaChanges;
  /** Other rows and events of the same transaction. */
  readonly effects?: (writes: SagaWrites) => Promise<void>;
}

/** Does what a state waits for. `superseded` when the saga turned out to be in other hands. */
export type Step = (saga: ClaimedSaga, signal: AbortSignal) => Promise<Outcome | 'superseded'>;
