import type { Code } from '../errors/codes.ts';
import { Failure } from '../errors/failure.ts';
import type { HttpHeaders } from './exchange.ts';

export interface StatusCodes {
  readonly unavailableCode: Code;
  /** The upstream understood and said no: 4xx other than 408, 425 and 429. Default: `unavailableCode`. */
  readonly refusedCode?: Code | undefined;
  /** 401 and 403. Default: `refusedCode`. */
  readonly credentialCode?: Code | undefined;
  /** Codes for single statuses, before all rules above: `{ 404: 'document_unknown' }`. */
  readonly codeByStatus?: Readonly<Partial<Record<number, Code>>> | undefined;
}

interface Refusal {
  readonly status: number;
  readonly headers: HttpHeaders;
  /** What was answered, for the log only; empty when the log must not have it. */
  readonly words: string;
}

// Busy rather than unwilling, whatever the first digit says.
const passingStatuses = new Set([408, 425, 429]);

/**
 * The Failure for an answer that is not 2xx. A redirect counts as unavailable: an API that answers with one is not the
 * API we know. `Retry-After` becomes `retryAfterMs`. What was answered stays in `cause` and never reaches a caller.
 */
export const failureOfStatus = (refusal: Refusal, codes: StatusCodes, nowMs: number): Failure => {
  const retryAfterMs = retryAfterOf(refusal.headers, nowMs);
  return new Failure(codeOfStatus(refusal.status, codes), {
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    cause: Object.assign(new Error(`answered ${refusal.status} ${refusal.words.slice(0, 500)}`.trim()), {
      upstreamStatus: refusal.status,
    }),
  });
};

const codeOfStatus = (status: number, codes: StatusCodes): Code => {
  const refusedCode = codes.refusedCode ?? codes.unavailableCode;
  const named = codes.codeByStatus?.[status];
  if (named !== undefined) return named;
  if (status < 400 || status >= 500 || passingStatuses.has(status)) return codes.unavailableCode;
  if (status === 401 || status === 403) return codes.credentialCode ?? refusedCode;
  return refusedCode;
};

/** The status an upstream answered, when that is why `failure` was thrown by this folder; else undefined. */
export const upstreamStatusOf = (failure: unknown): number | undefined => {
  if (!(failure instanceof Failure) || !(failure.cause instanceof Error)) return undefined;
  const { cause } = failure;
  return 'upstreamStatus' in cause && typeof cause.upstreamStatus === 'number' ? cause.upstreamStatus : undefined;
};

/** Marks the cause of a Failure: the request did not leave this process, so it cannot have taken effect. */
export const neverSent = <E extends Error>(cause: E): E & { readonly neverSent: true } =>
  Object.assign(cause, { neverSent: true as const });

/** Whether `failure` is about a call that was not made: no connection, or held back on this side. */
export const wasNeverSent = (failure: unknown): boolean =>
  failure instanceof Failure && failure.cause instanceof Error && 'neverSent' in failure.cause;

const retryAfterMinMs = 500;
const retryAfterMaxMs = 3_600_000;

/**
 * `Retry-After` as milliseconds from now, seconds or HTTP date; undefined when absent or unreadable. An hour at the most,
 * and half a second at least: who is told "now" again and again shall not come in a loop.
 */
export const retryAfterOf = (headers: HttpHeaders, nowMs: number): number | undefined => {
  const value = headers['retry-after']?.trim();
  if (value === undefined || value === '') return undefined;
  const waitMs = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - nowMs;
  return Number.isNaN(waitMs) ? undefined : Math.min(Math.max(waitMs, retryAfterMinMs), retryAfterMaxMs);
};
