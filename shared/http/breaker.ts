import { circuitBreaker, CircuitState, handleWhen } from 'cockatiel';
import type { Code } from '../errors/codes.ts';
import { Failure } from '../errors/failure.ts';
import type { Clock } from '../runtime/clock.ts';
import { createBreakerRule } from './breaker-rule.ts';
import { heldBack, isHeldBack } from './held-back.ts';
import { upstreamStatusOf } from './status.ts';

export interface Breaker {
  /**
   * Runs `work` while the breaker is closed, or as its one probe. Otherwise throws at once what `isHeldBack` knows. A failure
   * after `caller` has aborted is nobody's fault and is not counted; a probe that ends so leaves the probing to the next
   * call. A probe is never cut short, but one that is silent for three seconds holds up the next one no longer.
   */
  readonly run: <T>(work: () => Promise<T>, caller?: AbortSignal) => Promise<T>;
  /** True while nothing is let through. */
  readonly isOpen: () => boolean;
}

interface Options {
  /** Of what is thrown while it is open. */
  readonly code: Code;
  readonly restMs: number;
  readonly clock: Pick<Clock, 'now' | 'random'>;
}

/** How long others wait while one call finds out whether the system is back. */
const probedRetryMs = 1_000;
/** A call's own time limit may be much longer, and a system that came back meanwhile shall not wait for its end. */
const probeMs = 3_000;

/**
 * Keeps calls from a system that is out of order (see `createBreakerRule`). After `restMs` one call probes. What the system
 * refused in words (4xx) is an answer and no failure; one that says 429 with `Retry-After` is left alone for that long.
 */
export const createBreaker = ({ code, restMs, clock }: Options): Breaker => {
  const policy = circuitBreaker(
    // Cockatiel closes after a probe whose error it does not handle, so one that tells nothing is handled, too.
    handleWhen((thrown) => thrown instanceof LateProbe || isUntoldProbe(thrown) || isOutage(thrown)),
    // How long it stays open is `closedUntil`'s business.
    { halfOpenAfter: 0, breaker: createBreakerRule(clock) },
  );
  let closedUntil = 0;
  let waitUntil = 0;
  policy.onBreak((reason) => {
    const isUntold = 'error' in reason && isUntoldProbe(reason.error);
    if (!isUntold) closedUntil = clock.now() + restMs;
  });
  // Those who wait for the same moment shall not all come back in it.
  const spread = (ms: number): number => ms + clock.random() * Math.min(1_000, 0.2 * ms);
  const admit = (): void => {
    const now = clock.now();
    if (waitUntil > now) throw heldBack(code, 'told to wait', spread(waitUntil - now));
    if (policy.state === CircuitState.HalfOpen) throw heldBack(code, 'open breaker', spread(probedRetryMs));
    if (policy.state === CircuitState.Open && closedUntil > now) {
      throw heldBack(code, 'open breaker', spread(closedUntil - now));
    }
  };
  const execute = async <T>(work: () => Promise<T>, caller: AbortSignal | undefined): Promise<Settled<T>> => {
    const isProbe = policy.state === CircuitState.Open;
    const begun: { settling?: Promise<Settled<T>> } = {};
    try {
      return await policy.execute(() => {
        begun.settling = settle(work, { caller, isProbe });
        return isProbe ? withinProbe(begun.settling) : begun.settling;
      });
    } catch (thrown) {
      if (!(thrown instanceof LateProbe) || begun.settling === undefined) throw thrown;
      const settled = await begun.settling;
      // Late, but an answer: this closes it.
      policy.isolate().dispose();
      return settled;
    }
  };
  return {
    run: async (work, caller) => {
      admit();
      const settled = await execute(work, caller).catch((thrown: unknown) => {
        throw thrown instanceof Uncounted ? thrown.cause : thrown;
      });
      if ('value' in settled) return settled.value;
      const { refusal } = settled;
      if (upstreamStatusOf(refusal) === 429) waitUntil = Math.max(waitUntil, clock.now() + (refusal.retryAfterMs ?? 0));
      throw refusal;
    },
    isOpen: () =>
      policy.state === CircuitState.HalfOpen || (policy.state === CircuitState.Open && closedUntil > clock.now()),
  };
};

/** The probe was silent for too long: it counts as failed, though it may still come to its end. */
class LateProbe extends Error {}

const withinProbe = async <T>(probe: Promise<T>): Promise<T> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new LateProbe()), probeMs);
  });
  try {
    return await Promise.race([probe, late]);
  } finally {
    clearTimeout(timer);
  }
};

/** Wraps what tells nothing about the system, so that the breaker lets it pass. */
class Uncounted extends Error {
  readonly isProbe: boolean;

  constructor(isProbe: boolean, cause: unknown) {
    super('not counted', { cause });
    this.isProbe = isProbe;
  }
}

const isUntoldProbe = (thrown: unknown): boolean => thrown instanceof Uncounted && thrown.isProbe;

type Settled<T> = { readonly value: T } | { readonly refusal: Failure };

interface Circumstances {
  readonly caller: AbortSignal | undefined;
  readonly isProbe: boolean;
}

const settle = async <T>(work: () => Promise<T>, { caller, isProbe }: Circumstances): Promise<Settled<T>> => {
  try {
    return { value: await work() };
  } catch (thrown) {
    if (caller?.aborted === true || isHeldBack(thrown) || !(thrown instanceof Failure)) {
      throw new Uncounted(isProbe, thrown);
    }
    if (isOutage(thrown)) throw thrown;
    return { refusal: thrown };
  }
};

/** No readable answer, or a status that is none of the caller's doing. */
const isOutage = (thrown: unknown): boolean => {
  if (!(thrown instanceof Failure)) return false;
  const status = upstreamStatusOf(thrown);
  return status === undefined ? thrown.retryable : status < 400 || status >= 500;
};
