import { describe, expect, it } from 'vitest';
import { Failure } from '../errors/failure.ts';
import { attemptsMax, deliveriesMax, verdict, type Verdict } from './delivery.ts';

const passing = new Failure('service_unavailable');

describe('the verdict over a delivery', () => {
  const table: readonly [string, Failure | undefined, number, number, Verdict][] = [
    ['a handler that returned', undefined, 1, 0.5, { do: 'ack' }],
    ['a handler that returned on the last attempt', undefined, attemptsMax, 0.5, { do: 'ack' }],
    ['a refusal, at once', new Failure('invalid_request'), 1, 0.5, { do: 'bury', reason: 'invalid_request' }],
    ['a passing failure', passing, 1, 0.5, { do: 'retry', afterMs: 200 }],
    ['a passing failure, later', passing, 4, 0.5, { do: 'retry', afterMs: 1_600 }],
    ['the longest backoff', passing, 9, 0.999, { do: 'retry', afterMs: 29_970 }],
    ['the shortest draw, never at once', passing, 1, 0, { do: 'retry', afterMs: 50 }],
    [
      'a failure that names its time',
      new Failure('rate_limited', { retryAfterMs: 7_000 }),
      1,
      0,
      { do: 'retry', afterMs: 7_000 },
    ],
    [
      'a failure that names a year',
      new Failure('rate_limited', { retryAfterMs: 31_536_000_000 }),
      1,
      0,
      { do: 'retry', afterMs: 3_600_000 },
    ],
    [
      'the last attempt',
      new Failure('memory_unavailable'),
      attemptsMax,
      0.5,
      { do: 'bury', reason: `memory_unavailable after ${attemptsMax} attempts` },
    ],
    ['an outage that outlasts the attempts', passing, attemptsMax + 20, 0.5, { do: 'retry', afterMs: 15_000 }],
    ['an outage of hours', passing, deliveriesMax - 1, 0.5, { do: 'retry', afterMs: 15_000 }],
    [
      'the last delivery',
      passing,
      deliveriesMax,
      0.5,
      { do: 'bury', reason: `service_unavailable after ${deliveriesMax} attempts` },
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
