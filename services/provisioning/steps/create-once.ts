import { createOnce as createOnceOf } from '../../../shared/gradient/create-once.ts';
import { failpoint } from '../../../shared/runtime/failpoint.ts';
import type { ClaimedSaga } from '../store/sagas.ts';
import { afterFailure } from './setbacks.ts';
import type { Outcome, StepDeps } from './step.ts';

interface Creation<T> {
  /** Looks for what an attempt of unknown outcome may have made; clears away what is of no use. */
  readonly lookUp: () => Promise<T | undefined>;
  /** The creating POST. Not called without a committed intent. */
  readonly create: () => Promise<T>;
  /** The outcome that stores the thing; it clears the intent. */
  readonly made: (thing: T) => Outcome;
}

/** Creates a thing in the cloud once (SPEC.md, invariants 2 and 3), and says what that means for the saga. */
export const createOnce =
  (deps: StepDeps) =>
  async <T>(saga: ClaimedSaga, { lookUp, create, made }: Creation<T>): Promise<Outcome | 'superseded'> => {
    const { clock, config, store } = deps;
    const created = await createOnceOf({ clock, settleMs: config.settleMs })({
      intentAgeMs: saga.intentAgeMs,
      lookUp,
      commitIntent: () => store.commitIntent(saga, config.leaseMs),
      create: async () => {
        await failpoint(`provisioning.${saga.state}.before_call`);
        const thing = await create();
        await failpoint(`provisioning.${saga.state}.after_call`);
        return thing;
      },
    });
    switch (created.outcome) {
      case 'made':
        return made(created.thing);
      case 'superseded':
        return 'superseded';
      case 'waiting':
        return { afterMs: created.waitMs };
      case 'idle':
        return { changes: { clearsIntent: true } };
      case 'failed': {
        if (created.verdict !== 'unknown') {
          const outcome = afterFailure(deps)(saga, created.thrown);
          return { ...outcome, changes: { ...outcome.changes, clearsIntent: true } };
        }
        const about = { err: created.thrown, domain_id: saga.domainId, state: saga.state };
        deps.logger.warn(about, 'creation of unknown outcome');
        return { afterMs: config.settleMs };
      }
    }
  };
