import { codes } from '../errors/codes.ts';
import type { Failure } from '../errors/failure.ts';

/** What is to become of a durable message after its handler ran. */
export type Verdict =
  | { readonly do: 'ack' }
  | { readonly do: 'retry'; readonly afterMs: number; readonly reason: string }
  | { readonly do: 'bury'; readonly reason: string };

/**
 * Deliveries of one message at the most, whatever they failed of: hours, since a part of the system that is away is
 * nobody's poison. How often a message may fail of itself is counted in Postgres, by its consumer.
 */
export const deliveriesMax = 2_000;

const backoffBaseMs = 200;
// Twelve attempts, as Postgres counts them, end within two minutes.
const backoffMaxMs = 15_000;
// A delay of nothing would bring the message back at once, and again, and again.
const delayMsMin = 50;
const askedForMsMax = 3_600_000;

/**
 * The one policy of both adapters. `failure` is undefined when the handler returned; `attempt` counts from 1; `random` is
 * 0 ≤ x < 1. What is retryable comes back after `backoffMs`, or later when the failure asks for that.
 */
export const verdict = (failure: Failure | undefined, attempt: number, random: number): Verdict => {
  if (failure === undefined) return { do: 'ack' };
  const reason = reasonOf(failure);
  if (!failure.retryable) return { do: 'bury', reason };
  if (attempt >= deliveriesMax) return { do: 'bury', reason: `${reason} after ${attempt} deliveries` };
  const askedForMs = Math.min(askedForMsMax, Math.ceil(failure.retryAfterMs ?? 0));
  return { do: 'retry', afterMs: Math.max(askedForMs, backoffMs(attempt, random)), reason };
};

/** Full jitter over 200 ms · 2^attempt, from 50 ms to 15 s. `attempt` counts from 1; 0 ≤ `random` < 1. */
export const backoffMs = (attempt: number, random: number): number =>
  Math.max(delayMsMin, Math.floor(random * Math.min(backoffMaxMs, backoffBaseMs * 2 ** attempt)));

const errorsMax = 3;

/** The code, with what the failure says beyond the code's title: for operators. */
const reasonOf = ({ code, detail, errors = [] }: Failure): string => {
  const words = detail === codes[code].title ? [] : [detail];
  const fields = errors.slice(0, errorsMax).map(({ path, message }) => `${path}: ${message}`);
  return [code, ...words, ...fields].join('; ');
};
