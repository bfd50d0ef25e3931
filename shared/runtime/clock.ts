import { randomBytes, randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';

/** The only source of time and chance, so that tests can hold both. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Resolves after `ms`, or at once when the signal aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  newId(): string;
  /** 0 ≤ x < 1. */
  random(): number;
  /** `bytes` random bytes as URL-safe text. */
  newSecret(bytes: number): string;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (ms, signal) => delay(ms, undefined, signal === undefined ? {} : { signal }).catch(ignoreAbort),
  newId: () => randomUUID(),
  random: () => Math.random(),
  newSecret: (bytes) => randomBytes(bytes).toString('base64url'),
};

// An aborted sleep is a finished sleep: callers look at their signal next.
const ignoreAbort = (): void => undefined;
