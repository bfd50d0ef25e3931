import { describe, expect, it } from 'vitest';
import { deliveryVerdict } from './delivery-verdict.ts';

const attempt = { trouble: 'unreachable', attempt: 1, ageMs: 0, retryAfterMs: undefined, chance: 0.5 } as const;

describe('a turn that Memori did not take', () => {
  it.each([
    [1, 1_000],
    [2, 4_000],
    [3, 16_000],
    [4, 64_000],
    [7, 64_000],
  ])('is sent again after try %i in %i ms, a quarter more or less', (count, afterMs) => {
    expect(deliveryVerdict({ ...attempt, attempt: count })).toEqual({ do: 'retry', afterMs });
    expect(deliveryVerdict({ ...attempt, attempt: count, chance: 0 })).toEqual({
      do: 'retry',
      afterMs: afterMs * 0.75,
    });
  });

  it('is given up after eight tries or a day', () => {
    expect(deliveryVerdict({ ...attempt, attempt: 8 }).do).toBe('bury');
    expect(deliveryVerdict({ ...attempt, ageMs: 25 * 3_600_000 }).do).toBe('bury');
  });

  it('waits for another key when the key was refused', () => {
    expect(deliveryVerdict({ ...attempt, trouble: 'key_refused' })).toEqual({ do: 'park' });
  });

  it('pauses the domain as long as Memori asks, and longer each time when it does not', () => {
    expect(deliveryVerdict({ ...attempt, trouble: 'over_quota', retryAfterMs: 5_000 })).toEqual({
      do: 'pause',
      afterMs: 5_000,
    });
    expect(deliveryVerdict({ ...attempt, trouble: 'over_quota' })).toEqual({ do: 'pause', afterMs: 60_000 });
    expect(deliveryVerdict({ ...attempt, trouble: 'over_quota', attempt: 20 })).toEqual({
      do: 'pause',
      afterMs: 3_600_000,
    });
  });

  it('is given up at once when Memori will never take it', () => {
    expect(deliveryVerdict({ ...attempt, trouble: 'refused' }).do).toBe('bury');
  });
});
