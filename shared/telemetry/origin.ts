import { currentCorrelation, runWithCorrelation } from './correlation.ts';
import { currentTraceparent, withTraceparent } from './span.ts';

/** The request that a row's work goes back to; three columns of the same names. All null for work nobody asked for. */
export interface Origin {
  readonly correlationId: string | null;
  readonly causationId: string | null;
  readonly traceparent: string | null;
}

/** What to write beside work that is done later, so that it is still found under the request that asked for it. */
export const currentOrigin = (): Origin => {
  const correlation = currentCorrelation();
  return {
    correlationId: correlation?.correlationId ?? null,
    causationId: correlation?.causationId ?? null,
    traceparent: currentTraceparent(),
  };
};

/** Runs the work of a row as if the request of its origin still ran: same trace, same correlation in all it emits. */
export const withOrigin = <T>({ correlationId, causationId, traceparent }: Origin, work: () => T): T =>
  withTraceparent(traceparent, () =>
    correlationId === null ? work() : runWithCorrelation({ correlationId, causationId }, work),
  );
