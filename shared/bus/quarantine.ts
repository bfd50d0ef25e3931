/**
 * Keeps messages apart that may have ended a process. Of all deliveries of this process a suspect runs alone, so that a
 * crash in the middle of it is its own doing and no other message's.
 */
export interface Quarantine {
  /** Runs `work` when its turn has come: beside others, or for a suspect with nothing else. First come, first served. */
  run<T>(isSuspect: boolean, work: () => Promise<T>): Promise<T>;
}

interface Waiting {
  readonly isSuspect: boolean;
  readonly admit: () => void;
}

export const createQuarantine = (): Quarantine => {
  const waiting: Waiting[] = [];
  let running = 0;
  let isSuspectRunning = false;

  const admitNext = (): void => {
    for (let next = waiting[0]; next !== undefined && mayRun(next); next = waiting[0]) {
      waiting.shift();
      running += 1;
      isSuspectRunning = next.isSuspect;
      next.admit();
    }
  };
  const mayRun = ({ isSuspect }: Waiting): boolean => !isSuspectRunning && (!isSuspect || running === 0);

  return {
    run: async (isSuspect, work) => {
      await new Promise<void>((admit) => {
        waiting.push({ isSuspect, admit });
        admitNext();
      });
      try {
        return await work();
      } finally {
        running -= 1;
        isSuspectRunning = false;
        admitNext();
      }
    },
  };
};
