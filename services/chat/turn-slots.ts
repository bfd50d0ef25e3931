import { Failure } from '../../shared/errors/failure.ts';
import type { Clock } from '../../shared/runtime/clock.ts';

/**
 * How many answers may be written at once: the bulkhead between domains, so that one whose agent hangs leaves places for
 * the others. Over it a question is refused at once: a queue would only hide the wait.
 */
export interface TurnSlots {
  /**
   * Call the result once to leave. Throws `rate_limited` when the domain has all its places taken, `overloaded` when the
   * process has, both with a `retryAfterMs` of 1 to 5 s by chance, so that those refused do not come back together.
   */
  readonly enter: (domainId: string) => () => void;
}

interface SlotLimits {
  readonly total: number;
  readonly perDomain: number;
}

const retryMinMs = 1_000;
const retryMaxMs = 5_000;

export const createTurnSlots = (limits: SlotLimits, clock: Pick<Clock, 'random'>): TurnSlots => {
  const running = new Map<string, number>();
  let total = 0;
  const refusal = (code: 'rate_limited' | 'overloaded', detail: string): Failure =>
    new Failure(code, { detail, retryAfterMs: Math.round(retryMinMs + clock.random() * (retryMaxMs - retryMinMs)) });
  return {
    enter: (domainId) => {
      const ofDomain = running.get(domainId) ?? 0;
      if (ofDomain >= limits.perDomain) throw refusal('rate_limited', 'Too many questions at once on this website');
      if (total >= limits.total) throw refusal('overloaded', 'Too many questions at once');
      total += 1;
      running.set(domainId, ofDomain + 1);
      return () => {
        total -= 1;
        const left = (running.get(domainId) ?? 1) - 1;
        if (left === 0) running.delete(domainId);
        else running.set(domainId, left);
      };
    },
  };
};
