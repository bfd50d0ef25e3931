import { z } from 'zod';
import { milliseconds } from '../runtime/config.ts';

/** What every service that calls outside reads; spread into its own settings. */
export const outsideSettings = z.object({
  /** How long a circuit breaker stays open before one call may look whether the system is back. */
  OUTSIDE_REST_MS: milliseconds.min(1).default(10_000),
}).shape;
