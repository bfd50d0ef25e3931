/** Within this time a second signal is the same Ctrl-C: the terminal signals the whole group, and npm passes its own on. */
const sameMs = 1_000;

/**
 * Resolves at the first Ctrl-C, SIGTERM or closed terminal. Another one later, or `limitMs` after the first, ends the
 * process as it stands; what was started with us goes with it.
 */
export const stopRequested = (limitMs: number): Promise<string> =>
  new Promise((resolve) => {
    let since: number | undefined;
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => {
        if (since === undefined) {
          since = Date.now();
          setTimeout(() => process.exit(1), limitMs).unref();
          resolve(signal);
        } else if (Date.now() - since > sameMs) {
          process.exit(1);
        }
      });
    }
  });
