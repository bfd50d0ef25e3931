import type { Clock } from '../../../shared/runtime/clock.ts';
import type { Logger } from '../../../shared/telemetry/logger.ts';
import type { Cloud } from '../client.ts';
import type { KnowledgeConfig } from '../config.ts';
import type { BaseStore } from '../store/base-store.ts';
import type { ClaimedBase } from '../store/bases.ts';

/** What the steps of a base are made from; narrow, so that a simulation can stand in for each. */
export interface StepDeps {
  readonly store: BaseStore;
  readonly cloud: Omit<Cloud, 'close' | 'listBases'>;
  readonly config: Pick<KnowledgeConfig, 'settleMs' | 'pollMinMs' | 'pollMaxMs' | 'checkMs'>;
  readonly clock: Pick<Clock, 'now' | 'random'>;
  readonly logger: Pick<Logger, 'warn' | 'error'>;
  readonly wakeBases: (afterMs?: number) => void;
}

/**
 * What a step found: it has saved its outcome itself, or the base is to be looked at again later. A look that `isFresh` does
 * not count: the pauses start over.
 */
export type StepOutcome = 'saved' | { readonly waitMs?: number; readonly isFresh?: boolean };

/** `stopping` is for steps that take long: they leave off at a place they can go on from. */
export type Step = (deps: StepDeps, base: ClaimedBase, stopping: AbortSignal) => Promise<StepOutcome>;
