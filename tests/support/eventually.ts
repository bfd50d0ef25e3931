import { setTimeout as delay } from 'node:timers/promises';

/** Looks until `look` gives something other than undefined or false; fails after `withinMs`. */
export const eventually = async <T>(
  look: () => Promise<T | undefined | false> | T | undefined | false,
  withinMs = 5_000,
): Promise<T> => {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    if (Date.now() > deadline) throw new Error(`did not happen within ${withinMs} ms: ${look.toString()}`);
    await delay(10);
  }
};
