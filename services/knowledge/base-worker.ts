import type { Clock } from '../../shared/runtime/clock.ts';
import type { Logger } from '../../shared/telemetry/logger.ts';
import { withOrigin } from '../../shared/telemetry/origin.ts';
import { createWorker, type Worker } from '../../shared/work/worker.ts';
import { advanceBase } from './steps/advance-base.ts';
import type { StepDeps } from './steps/step.ts';

const pollMs = 1_000;
const concurrency = 12;

type WorkerDeps = Omit<StepDeps, 'wakeBases' | 'clock' | 'logger'> & {
  readonly clock: Clock;
  readonly logger: Logger;
};

/** Puts documents that wait into bases, and carries bases through their steps. */
export const startBaseWorker = (deps: WorkerDeps): Worker => {
  const worker = createWorker({
    name: 'knowledge bases',
    clock: deps.clock,
    logger: deps.logger,
    pollMs,
    concurrency,
    claim: (limit) => deps.store.claim({ owner: deps.clock.newId(), limit }),
    run: (base, signal) =>
      withOrigin(base, () => advanceBase({ ...deps, wakeBases: (afterMs) => worker.wake(afterMs) }, base, signal)),
  });
  return worker;
};
