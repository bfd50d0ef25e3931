import { setTimeout as sleep } from 'node:timers/promises';
import { LocalError } from './local-error.ts';

/** Waits until the address answers 200; throws with the last answer's own words when it does not in `limitMs`. */
export const untilReady = async (url: string, limitMs: number): Promise<void> => {
  const started = performance.now();
  let last = 'no answer';
  while (performance.now() - started < limitMs) {
    try {
      const response = await fetch(url, { signal: AbortSignal.timeout(2_000) });
      if (response.status === 200) return;
      last = `${response.status} ${(await response.text()).slice(0, 300)}`;
    } catch {
      last = 'no answer';
    }
    await sleep(pollMs);
  }
  throw new LocalError(`${url} is not ready after ${limitMs / 1000} s: ${last}`);
};

const pollMs = 25;
