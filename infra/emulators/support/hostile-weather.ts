import type { z } from 'zod';
import type { weatherSchema } from './weather.ts';

/**
 * The weather under which nothing may be lost or made twice: 18% of the calls below `pathPrefix` go wrong, a third of
 * those after they took effect. `slowMs` has to be above the client's timeout and below its settle window.
 */
export const hostileWeather = ({
  seed,
  slowMs,
  pathPrefix = '/v2/gen-ai',
}: {
  readonly seed: number;
  readonly slowMs: number;
  readonly pathPrefix?: string;
}): z.input<typeof weatherSchema> => {
  const match = { path_prefix: pathPrefix };
  return {
    seed,
    faults: [
      // Without `retry_after`, which would rest all callers at once: what is told to wait does not meet the rest.
      { match, share: 0.05, action: 'status', status: 429 },
      { match, share: 0.05, action: 'status', status: 503 },
      { match, share: 0.04, action: 'reset', phase: 'after' },
      { match, share: 0.02, action: 'status', status: 502, phase: 'after' },
      { match, share: 0.01, action: 'slow_ms', slow_ms: slowMs },
      { match, share: 0.01, action: 'garbage', phase: 'after' },
    ],
  };
};
