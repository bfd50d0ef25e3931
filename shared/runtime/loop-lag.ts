import { monitorEventLoopDelay } from 'node:perf_hooks';

export interface LoopLag {
  /** Milliseconds by which the event loop is late, at the 90th percentile of the last window. */
  readonly ms: () => number;
  readonly stop: () => void;
}

const resolutionMs = 20;
/** So long that one pause, of a collection or a busy neighbour, is not taken for overload; so short that overload is seen. */
const windowMs = 2_000;

/** Watches how late this process's event loop is; costs a timer and a native histogram. */
export const watchLoopLag = (): LoopLag => {
  const delays = monitorEventLoopDelay({ resolution: resolutionMs });
  delays.enable();
  let known = 0;
  const look = setInterval(() => {
    known = Math.max(0, delays.percentile(90) / 1e6 - resolutionMs);
    delays.reset();
  }, windowMs);
  look.unref();
  return {
    ms: () => known,
    stop: () => {
      clearInterval(look);
      delays.disable();
    },
  };
};
