import { setTimeout as sleep } from 'node:timers/promises';

type Stop = () => Promise<unknown>;

export interface StopStack {
  /** What is pushed after a stop began is stopped at once. */
  readonly push: (name: string, stop: Stop) => void;
  /** Stops all, last started first. A part that fails or hangs is named and passed over. Safe to call again. */
  readonly stop: () => Promise<void>;
}

/** What has been started so far and how to stop it, each part within `partMsMax`. */
export const createStopStack = (partMsMax: number): StopStack => {
  const parts: { name: string; stop: Stop }[] = [];
  let stopping: Promise<void> | undefined;
  return {
    push: (name, stop) => {
      if (stopping === undefined) parts.push({ name, stop });
      else stopping = stopping.then(() => stopPart(name, stop, partMsMax));
    },
    stop: () => {
      stopping ??= (async () => {
        for (let part = parts.pop(); part !== undefined; part = parts.pop())
          await stopPart(part.name, part.stop, partMsMax);
      })();
      return stopping;
    },
  };
};

const stopPart = async (name: string, stop: Stop, partMsMax: number): Promise<void> => {
  const late = sleep(partMsMax, 'late' as const, { ref: false });
  try {
    if ((await Promise.race([stop(), late])) === 'late') console.error(`Stopping ${name} took too long; going on.`);
  } catch (error) {
    console.error(`Stopping ${name} failed: ${error instanceof Error ? error.message : String(error)}`);
  }
};
