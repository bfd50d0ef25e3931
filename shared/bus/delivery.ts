import type { Failure } from '../errors/failure.ts';

/** What becomes of a durable message after its handler ran. */
export type Verdict =
  | { readonly do: 'ack' }
  | { readonly do: 'retry'; readonly afterMs: number }
  | { readonly do: 'bury'; readonly reason: string };

/** Failures of one message's own at the most; the last one goes to the dead letters. */
export const attemptsMax = 10;

/**
 * Deliveries of one message at the most, those included for which a part of the system was away: that is nobody's poison,
 * and an outage of hours is to lose nothing.
 */
export const deliveriesMax = 1_000;

const backoffBaseMs = 200;
const backoffMaxMs = 30_000;
// A delay of nothing would bring the message back at once, and again, and again.
const delayMsMin = 50;
const askedForMsMax = 3_600_000;

/**
 * The one policy of both adapters. `failure` is undefined when the handler returned; `attempt` counts from 1; `random` is
 * 0 ≤ x < 1. `service_unavailable` comes back until `deliveriesMax`, whatever else fails until `attemptsMax`. Delays are full jitter over 200 ms · 2^attempt, at most 30 s, unless the failure asks for a time of its own.
 */
export const verdict = (failure: Failure | undefined, attempt: number, random: number): Verdict => {
  if (failure === undefined) return { do: 'ack' };
  if (!failure.retryable) return { do: 'bury', reason: failure.code };
  const most = failure.code === 'service_unavailable' ? deliveriesMax : attemptsMax;
  if (attempt >= most) return { do: 'bury', reason: `${failure.code} after ${attempt} attempts` };
  return { do: 'retry', afterMs: Math.max(delayMsMin, delayMs(failure.retryAfterMs, attempt, random)) };
};

const delayMs = (askedForMs: number | undefined, attempt: number, random: number): number =>
  askedForMs === undefined
    ? Math.floor(random * Math.min(backoffMaxMs, backoffBaseMs * 2 ** attempt))
    : Math.min(askedForMsMax, Math.ceil(askedForMs));
