/** Wakes whoever waits for something new to read. */
export interface News {
  readonly tell: () => void;
  /** Resolves at the next `tell`. */
  readonly next: (signal: AbortSignal) => Promise<void>;
}

export const createNews = (): News => {
  let waiting: (() => void)[] = [];
  return {
    tell: () => {
      const woken = waiting;
      waiting = [];
      for (const wake of woken) wake();
    },
    next: (signal) =>
      new Promise((resolve) => {
        const wake = (): void => {
          signal.removeEventListener('abort', wake);
          resolve();
        };
        signal.addEventListener('abort', wake);
        waiting.push(wake);
        if (signal.aborted) wake();
      }),
  };
};
