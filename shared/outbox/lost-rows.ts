import type { RelayStore } from './relay-rows.ts';

// Between the bus's clock and the database's.
const clockDifferenceMsMax = 5_000;

/** The rows of one owner that went into a store which the bus has lost. */
export interface LostRows {
  /** The bus holds what it was given since `sinceMs` (milliseconds since the epoch): what was sent before is owed again. */
  expect(sinceMs: number): void;
  /** Makes some more of them unsent and tells how many; 0 when all are. Asks the database only after `expect`. */
  owe(): Promise<number>;
}

/** One loss: all rows are gone through in their order, and again while some were in a relay's hands. */
interface Loss {
  readonly sinceMs: number;
  until?: Date;
  behind: bigint;
  wasHeld: boolean | undefined;
}

/**
 * Nobody knows which of these rows were consumed, so all that are kept are sent again and consumers drop what they had. A
 * row counts as sent when it was claimed (`markSent`), which is before any store took it.
 */
export const createLostRows = (store: RelayStore): LostRows => {
  let loss: Loss | undefined;
  return {
    expect: (sinceMs) => {
      loss = { sinceMs, behind: 0n, wasHeld: undefined };
    },
    owe: async () => {
      const current = loss;
      if (current === undefined) return 0;
      const until = (current.until ??= await horizon(store, current.sinceMs));
      for (;;) {
        if (current.behind === 0n) {
          // Asked first: what is marked as sent from here on went into the store that is there now.
          const isHeld = await store.isHeldSince(until);
          if (isHeld && current.wasHeld === true) return 0;
          current.wasHeld = isHeld;
        }
        const { owed, last } = await store.oweAgain(until, current.behind);
        current.behind = last ?? 0n;
        if (owed > 0) return owed;
        if (last !== undefined) continue;
        if (loss === current && current.wasHeld === false) loss = undefined;
        return 0;
      }
    },
  };
};

/** A little after the store began, but never after now: what is sent again from here on must not match once more. */
const horizon = (store: RelayStore, sinceMs: number): Promise<Date> =>
  store.notAfterNow(new Date(sinceMs + clockDifferenceMsMax));
