import { setTimeout as sleep } from 'node:timers/promises';
import { usageOf } from './usage.ts';

const everyMs = 200;

/** The most resident memory of a process, in megabytes, while it is watched. */
export const watchMemory = (pid: number) => {
  let most = 0;
  const watching = new AbortController();
  const loop = async (): Promise<void> => {
    while (!watching.signal.aborted) {
      most = Math.max(most, (await usageOf(pid))?.rssMb ?? 0);
      await sleep(everyMs, undefined, { signal: watching.signal }).catch(() => undefined);
    }
  };
  const looping = loop();
  return {
    /** Until now. */
    mb: () => Math.round(most),
    stop: async (): Promise<number> => {
      watching.abort();
      await looping;
      return Math.round(most);
    },
  };
};
