import type { MemoriTrouble } from './client.ts';

/** What becomes of a turn that Memori did not take. */
export type DeliveryVerdict =
  | { readonly do: 'retry'; readonly afterMs: number }
  /** Nothing was sent: it was no attempt. */
  | { readonly do: 'postpone'; readonly afterMs: number }
  /** Kept until the domain's key changes. */
  | { readonly do: 'park' }
  /** All of the domain's turns wait. */
  | { readonly do: 'pause'; readonly afterMs: number }
  | { readonly do: 'bury'; readonly reason: string };

interface Attempt {
  readonly trouble: MemoriTrouble;
  /** Counted from 1. */
  readonly attempt: number;
  readonly ageMs: number;
  readonly retryAfterMs: number | undefined;
  /** 0 ≤ x < 1. */
  readonly chance: number;
}

const attemptsMax = 8;
const ageMaxMs = 24 * 3_600_000;
const quotaRestMs = 60_000;
const hourMs = 3_600_000;
const waitMinMs = 1_000;
const waitMaxMs = 64_000;
const jitter = 0.25;

/** Retries wait 1, 4, 16 and then 64 s, a quarter more or less; at most 8 tries in a day. */
export const deliveryVerdict = ({ trouble, attempt, ageMs, retryAfterMs, chance }: Attempt): DeliveryVerdict => {
  switch (trouble) {
    case 'held_back':
      return { do: 'postpone', afterMs: Math.max(waitMinMs, retryAfterMs ?? 0) };
    case 'key_refused':
      return { do: 'park' };
    case 'refused':
      return { do: 'bury', reason: 'refused by Memori' };
    case 'over_quota':
      return { do: 'pause', afterMs: Math.min(hourMs, retryAfterMs ?? quotaRestMs * 2 ** Math.min(attempt - 1, 6)) };
    case 'intercepted':
      return { do: 'pause', afterMs: hourMs };
    case 'unreachable':
      if (attempt >= attemptsMax || ageMs > ageMaxMs) return { do: 'bury', reason: `unreachable, ${attempt} attempts` };
      return { do: 'retry', afterMs: Math.round(waitOf(attempt) * (1 - jitter + 2 * jitter * chance)) };
  }
};

const waitOf = (attempt: number): number => Math.min(waitMaxMs, 1_000 * 4 ** (attempt - 1));
