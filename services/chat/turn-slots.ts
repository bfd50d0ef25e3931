import { Failure } from '../../shared/errors/failure.ts';

/** How many answers may be written at once. Over it a question is refused at once: a queue would only hide the wait. */
export interface TurnSlots {
  /** Call the result once to leave. Throws `overloaded` with `retryAfterMs`. */
  readonly enter: (domainId: string) => () => void;
}

const retryAfterMs = 2_000;

export const createTurnSlots = (limits: { readonly total: number; readonly perDomain: number }): TurnSlots => {
  const running = new Map<string, number>();
  let total = 0;
  return {
    enter: (domainId) => {
      const ofDomain = running.get(domainId) ?? 0;
      if (total >= limits.total || ofDomain >= limits.perDomain) throw new Failure('overloaded', { retryAfterMs });
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
