/** When the streams that are there now were made. */
export interface StoreAge {
  /** Of the events, as the server writes it. */
  eventsSince: string;
  /** Of the youngest stream, milliseconds since the epoch. */
  sinceMs: number;
}

/** Tells whoever depends on it that streams were made anew. */
export interface StoreNews {
  readonly note: (age: Readonly<StoreAge>) => void;
  /** Told when the events are gone and their places start anew; gives what takes the listener away. */
  readonly onEventsLost: (listener: () => void) => () => void;
  /** Told since when all streams are there: at the first `note`, and when that changed. */
  readonly onStoreBegun: (listener: (sinceMs: number) => void) => void;
}

export const createStoreNews = (): StoreNews => {
  const lossListeners = new Set<() => void>();
  const storeListeners = new Set<(sinceMs: number) => void>();
  let known: Readonly<StoreAge> | undefined;
  return {
    note: (age) => {
      const before = known;
      known = age;
      if (before !== undefined && before.eventsSince !== age.eventsSince)
        for (const listener of lossListeners) listener();
      if (before?.sinceMs !== age.sinceMs) for (const listener of storeListeners) listener(age.sinceMs);
    },
    onEventsLost: (listener) => {
      lossListeners.add(listener);
      return () => void lossListeners.delete(listener);
    },
    onStoreBegun: (listener) => {
      storeListeners.add(listener);
      if (known !== undefined) listener(known.sinceMs);
    },
  };
};
