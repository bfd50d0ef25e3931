import type { RelayStore } from './relay-rows.ts';

// Between the bus's clock and the database's.
const clockDifferenceMsMax = 5_000;

/** The rows of one owner that went into a store which the bus has lost. */
export interface LostRows {
  /** The bus holds what it was given since `sinceMs` (milliseconds since the epoch): what was sent before is owed again. */
  expect(sinceMs: number): void;
  /** Makes up to a batch of them unsent and tells how many; 0 when all are. Asks the database only after `expect`. */
  owe(): Promise<number>;
}

/**
 * Nobody knows which of these rows were consumed, so all that are kept are sent again and consumers drop what they had. A
 * row counts as sent when it was claimed (`markSent`), which is before any store took it.
 */
export const createLostRows = (store: RelayStore): LostRows => {
  let sinceMs: number | undefined;
  let before: Date | undefined;
  return {
    expect: (since) => {
      sinceMs = since;
      before = undefined;
    },
    owe: async () => {
      if (sinceMs === undefined) return 0;
      const looked = sinceMs;
      const until = (before ??= await horizon(store, looked));
      // Asked first: what is marked as sent from here on went into the store that is there now.
      const isHeld = await store.isHeldSince(until);
      const owed = await store.oweAgain(until);
      if (owed === 0 && !isHeld && looked === sinceMs) sinceMs = undefined;
      return owed;
    },
  };
};

/** A little after the store began, but never after now: what is sent again from here on must not match once more. */
const horizon = (store: RelayStore, sinceMs: number): Promise<Date> =>
  store.notAfterNow(new Date(sinceMs + clockDifferenceMsMax));
