import type { Logger } from '../../shared/telemetry/logger.ts';

/** A turn that this process is answering. */
export interface HeldTurn {
  /** Aborts when the asker goes, the time is over, or the turn was lost to the sweeper. */
  readonly signal: AbortSignal;
  /** The turn is over: whatever still works for it is aborted. */
  readonly release: () => void;
}

interface HoldOptions {
  readonly logger: Logger;
  readonly leaseMs: number;
  /** The whole turn. */
  readonly timeoutMs: number;
  readonly asker: AbortSignal;
  /** False when the lease is no longer ours. */
  readonly renew: () => Promise<boolean>;
}

/** Keeps the lease of a turn alive until it is released: a short lease frees the session soon after a crash. */
export const holdTurn = (options: HoldOptions): HeldTurn => {
  const turn = new AbortController();
  let isReleased = false;
  const leave = (): void => turn.abort('the asker is gone');
  if (options.asker.aborted) leave();
  options.asker.addEventListener('abort', leave, { once: true });
  const limit = setTimeout(() => turn.abort(`no answer within ${options.timeoutMs} ms`), options.timeoutMs);
  const keep = async (): Promise<void> => {
    try {
      if (!(await options.renew())) turn.abort('the turn was given up by others');
    } catch (thrown) {
      options.logger.warn({ err: thrown }, 'lease of a turn not renewed');
    }
    if (!isReleased) renewal = setTimeout(keepOn, options.leaseMs / 3);
  };
  const keepOn = (): void => void keep();
  let renewal = setTimeout(keepOn, options.leaseMs / 3);
  return {
    signal: turn.signal,
    // Nearly every turn ends before its first renewal: plain timers and plain reasons, since this is on every ask.
    release: () => {
      isReleased = true;
      clearTimeout(renewal);
      clearTimeout(limit);
      options.asker.removeEventListener('abort', leave);
      turn.abort('the turn is over');
    },
  };
};
