const children = new Set<number>();
// Synchronous, so that it works in the last moment of this process.
process.once('exit', () => {
  for (const pid of children) signalChild(pid, 'SIGKILL');
});

/** Notes a process of ours, so that it goes with us however we go. */
export const noteChild = (pid: number, ended: Promise<unknown>): void => {
  children.add(pid);
  void ended.finally(() => children.delete(pid));
};

/** Sends a signal to a process that we started and that has not ended; false for any other. */
export const signalChild = (pid: number | undefined, signal: NodeJS.Signals): boolean => {
  if (pid === undefined || !children.has(pid)) return false;
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
};
