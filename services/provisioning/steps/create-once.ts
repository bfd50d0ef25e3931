import { upstreamStatusOf } from '../../../shared/http/status.ts';
import { failpoint } from '../../../shared/runtime/failpoint.ts';
import { creationVerdict, planCreation } from '../domain.ts';
import { commitIntent, type ClaimedSaga } from '../store/sagas.ts';
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

/** A process that slept longer than this between its intent and its POST has no business to POST any more. */
const intentFreshMs = 1_000;

/**
 * Creates a thing in the cloud that must not be there twice, whatever crashes or times out in between: the intent is
 * committed first, and while its outcome is unknown nothing is created before a look (SPEC.md, invariants 2 and 3).
 */
export const createOnce =
  (deps: StepDeps) =>
  async <T>(saga: ClaimedSaga, { lookUp, create, made }: Creation<T>): Promise<Outcome | 'superseded'> => {
    const { clock, config, database } = deps;
    const plan = planCreation(saga.intentAgeMs, config.settleMs);
    if (plan.do === 'wait') return { afterMs: plan.waitMs };
    if (plan.do === 'look_up') {
      const found = await lookUp();
      if (found !== undefined) return made(found);
    }
    const startedAt = clock.now();
    const committed = await database.run((client) => commitIntent(client, saga, config.leaseMs));
    if (!committed) return 'superseded';
    if (clock.now() - startedAt > intentFreshMs) return { changes: { clearsIntent: true } };
    try {
      await failpoint(`provisioning.${saga.state}.before_call`);
      const thing = await create();
      await failpoint(`provisioning.${saga.state}.after_call`);
      return made(thing);
    } catch (thrown) {
      return afterCreation(deps)(saga, thrown);
    }
  };

const afterCreation =
  (deps: StepDeps) =>
  (saga: ClaimedSaga, thrown: unknown): Outcome => {
    const verdict = creationVerdict(upstreamStatusOf(thrown));
    if (verdict === 'unknown') {
      deps.logger.warn({ err: thrown, domain_id: saga.domainId, state: saga.state }, 'creation of unknown outcome');
      return { afterMs: deps.config.settleMs };
    }
    const outcome = afterFailure(deps)(saga, thrown);
    return { ...outcome, changes: { ...outcome.changes, clearsIntent: true } };
  };
