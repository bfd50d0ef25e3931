/** A time limit joined with the caller's own signal; `clear` must be called, or the timer keeps running. */
export interface Deadline {
  readonly signal: AbortSignal;
  /** Starts the time again: for limits on silence rather than on the whole. */
  readonly renew: () => void;
  /** Holds the time until `renew`. */
  readonly pause: () => void;
  readonly clear: () => void;
}

/**
 * Aborts `signal` after `limitMs`, or when the caller's signal does. Own timers instead of `AbortSignal.any`, because
 * signals joined to a long-lived one are kept for its whole life by Node 20.
 */
export const startDeadline = (limitMs: number, outer?: AbortSignal): Deadline => {
  const controller = new AbortController();
  const expire = (): void => controller.abort(new Error(`no end within ${limitMs} ms`));
  const follow = (): void => controller.abort(outer?.reason);
  let timer = setTimeout(expire, limitMs);
  if (outer?.aborted === true) follow();
  outer?.addEventListener('abort', follow, { once: true });
  return {
    signal: controller.signal,
    renew: () => {
      clearTimeout(timer);
      timer = setTimeout(expire, limitMs);
    },
    pause: () => clearTimeout(timer),
    clear: () => {
      clearTimeout(timer);
      outer?.removeEventListener('abort', follow);
    },
  };
};
