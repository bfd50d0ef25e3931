export interface SilenceWatch {
  /** Aborts on silence, and with the outer signal. */
  readonly signal: AbortSignal;
  readonly heard: () => void;
  /** Must be called, or a timer keeps running. */
  readonly clear: () => void;
}

interface SilenceOptions {
  /** Silence allowed before the first sign of life, and between later ones. */
  readonly firstMs: number;
  readonly idleMs: number;
  readonly outer: AbortSignal;
}

/** Limits the silence of an agent: keep-alive bytes do not count, so the transport's own idle limit is not enough. */
export const startSilenceWatch = ({ firstMs, idleMs, outer }: SilenceOptions): SilenceWatch => {
  const controller = new AbortController();
  const follow = (): void => controller.abort(outer.reason);
  const expire = (ms: number): NodeJS.Timeout =>
    setTimeout(() => controller.abort(new Error(`silent for ${ms} ms`)), ms);
  let timer = expire(firstMs);
  let isFirst = true;
  if (outer.aborted) follow();
  outer.addEventListener('abort', follow, { once: true });
  return {
    signal: controller.signal,
    heard: () => {
      // Once per token: the same timer again costs less than a new one.
      if (!isFirst) timer.refresh();
      else {
        isFirst = false;
        clearTimeout(timer);
        timer = expire(idleMs);
      }
    },
    clear: () => {
      clearTimeout(timer);
      outer.removeEventListener('abort', follow);
    },
  };
};
