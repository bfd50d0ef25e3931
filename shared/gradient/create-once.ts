import { upstreamStatusOf, wasNeverSent } from '../http/status.ts';
import type { Clock } from '../runtime/clock.ts';

/** What may be done about a thing that must be created once, by how long ago the intent to create it was committed. */
export type CreationPlan =
  { readonly do: 'create' } | { readonly do: 'look_up' } | { readonly do: 'wait'; readonly waitMs: number };

/** No intent: create. An intent whose outcome is not known: wait until it has settled, then look before creating again. */
export const planCreation = (intentAgeMs: number | null, settleMs: number): CreationPlan => {
  if (intentAgeMs === null) return { do: 'create' };
  return intentAgeMs >= settleMs ? { do: 'look_up' } : { do: 'wait', waitMs: settleMs - intentAgeMs };
};

/** What an unsuccessful creating POST means, by the status it got; undefined when no readable answer came. */
export type CreationVerdict = 'refused' | 'busy' | 'unknown';

/**
 * `refused` and `busy` made nothing; after anything else the thing may exist. A conflict says that something of the name
 * exists, which only a look can tell, so it counts as unknown.
 */
export const creationVerdict = (status: number | undefined): CreationVerdict => {
  if (status === 429) return 'busy';
  if (status === undefined || status < 400 || status >= 500) return 'unknown';
  return status === 408 || status === 409 || status === 425 ? 'unknown' : 'refused';
};

interface Creation<T> {
  /** Of the intent that is committed, null when none is. */
  readonly intentAgeMs: number | null;
  /** Looks for what an attempt of unknown outcome may have made; clears away what is of no use. */
  readonly lookUp: () => Promise<T | undefined>;
  /** Commits that the thing is about to be created, under a lease that is alive. False when it is not ours any more. */
  readonly commitIntent: () => Promise<boolean>;
  /** The creating POST. Not called without a committed intent. */
  readonly create: () => Promise<T>;
}

/**
 * `made`: there it is, new or adopted. `superseded`: nothing was done and nothing may be saved. `waiting`: an intent has not
 * settled. `idle`: no POST was sent; the intent may be cleared. `failed`: as the verdict says, and the intent may be cleared
 * unless that is `unknown`.
 */
export type Created<T> =
  | { readonly outcome: 'made'; readonly thing: T }
  | { readonly outcome: 'superseded' }
  | { readonly outcome: 'waiting'; readonly waitMs: number }
  | { readonly outcome: 'idle' }
  | { readonly outcome: 'failed'; readonly verdict: CreationVerdict; readonly thrown: unknown };

/** A process that slept longer than this between its intent and its POST has no business to POST any more. */
const intentFreshMs = 1_000;

/**
 * Creates a thing in the cloud that must not be there twice, whatever crashes or times out in between: the intent is
 * committed first, and while its outcome is unknown nothing is created before a look. Throws what looking and committing
 * throw; the intent then stays as it was.
 */
export const createOnce =
  ({ clock, settleMs }: { readonly clock: Pick<Clock, 'now'>; readonly settleMs: number }) =>
  async <T>({ intentAgeMs, lookUp, commitIntent, create }: Creation<T>): Promise<Created<T>> => {
    const plan = planCreation(intentAgeMs, settleMs);
    if (plan.do === 'wait') return { outcome: 'waiting', waitMs: plan.waitMs };
    if (plan.do === 'look_up') {
      const found = await lookUp();
      if (found !== undefined) return { outcome: 'made', thing: found };
    }
    const startedAt = clock.now();
    if (!(await commitIntent())) return { outcome: 'superseded' };
    if (clock.now() - startedAt > intentFreshMs) return { outcome: 'idle' };
    try {
      return { outcome: 'made', thing: await create() };
    } catch (thrown) {
      return {
        outcome: 'failed',
        verdict: wasNeverSent(thrown) ? 'busy' : creationVerdict(upstreamStatusOf(thrown)),
        thrown,
      };
    }
  };
