import { describe, expect, it } from 'vitest';
import { Failure } from '../errors/failure.ts';
import { deliveriesMax, verdict, type Verdict } from './delivery.ts';

const passing = new Failure('service_unavailable');

describe('the verdict over a delivery', () => {
  const table: readonly [string, Failure | undefined, number, number, Verdict][] = [
    ['a handler that returned', undefined, 1, 0.5, { do: 'ack' }],
    ['a handler that returned on the last delivery', undefined, deliveriesMax, 0.5, { do: 'ack' }],
    ['a refusal, at once', new Failure('invalid_request'), 1, 0.5, { do: 'bury', reason: 'invalid_request' }],
    [
      'a refusal that says more',
      new Failure('invalid_request', { detail: 'No such step', errors: [{ path: 'step', message: 'unknown' }] }),
      1,
      0.5,
      { do: 'bury', reason: 'invalid_request; No such step; step: unknown' },
    ],
    ['a passing failure', passing, 1, 0.5, { do: 'retry', afterMs: 200, reason: 'service_unavailable' }],
    ['a passing failure, later', passing, 4, 0.5, { do: 'retry', afterMs: 1_600, reason: 'service_unavailable' }],
    [
      'an outage that names a second, later',
      new Failure('service_unavailable', { retryAfterMs: 1_000 }),
      9,
      0.5,
      { do: 'retry', afterMs: 7_500, reason: 'service_unavailable' },
    ],
    ['the longest backoff', passing, 9, 0.999, { do: 'retry', afterMs: 14_985, reason: 'service_unavailable' }],
    ['the shortest draw, never at once', passing, 1, 0, { do: 'retry', afterMs: 50, reason: 'service_unavailable' }],
    [
      'a failure that names its time',
      new Failure('rate_limited', { retryAfterMs: 7_000 }),
      1,
      0,
      { do: 'retry', afterMs: 7_000, reason: 'rate_limited' },
    ],
    [
      'a failure that names a year',
      new Failure('rate_limited', { retryAfterMs: 31_536_000_000 }),
      1,
      0,
      { do: 'retry', afterMs: 3_600_000, reason: 'rate_limited' },
    ],
    [
      'an outage of hours',
      passing,
      deliveriesMax - 1,
      0.5,
      { do: 'retry', afterMs: 7_500, reason: 'service_unavailable' },
    ],
    [
      'the last delivery',
      passing,
      deliveriesMax,
      0.5,
      { do: 'bury', reason: `service_unavailable after ${deliveriesMax} deliveries` },
    ],
  ];

  it.each(table)('%s', (_case, failure, attempt, random, expected) => {
    expect(verdict(failure, attempt, random)).toEqual(expected);
  });

  it('spreads retries over the whole window', () => {
    const delays = [0.2, 0.4, 0.6, 0.8].map((random) => verdict(passing, 5, random));
    expect(new Set(delays.map((delay) => JSON.stringify(delay))).size).toBe(4);
  });
});
