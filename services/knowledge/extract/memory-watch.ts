const lookMs = 50;

/** The memory of the process grew past its bound while a document was read. */
export class MemoryBreach extends Error {}

/**
 * Calls `onBreach` when the process has grown by more than `growthMbMax` since now. The heap limit of a worker does not count
 * the buffers that a decompressor fills, and only the process as a whole can be measured from outside of the worker.
 */
export const watchMemory = (growthMbMax: number, onBreach: (breach: MemoryBreach) => void): { stop: () => void } => {
  const rssMax = process.memoryUsage.rss() + growthMbMax * 1024 * 1024;
  const timer = setInterval(() => {
    if (process.memoryUsage.rss() > rssMax) onBreach(new MemoryBreach(`over ${growthMbMax} MB more than before`));
  }, lookMs);
  return { stop: () => clearInterval(timer) };
};
