import type { Clock } from '../../shared/runtime/clock.ts';
import type { Logger } from '../../shared/telemetry/logger.ts';

/** A turn that this process is answering. */
export interface HeldTurn {
  /** Aborts when the asker goes, the time is over, or the turn was lost to the sweeper. */
  readonly signal: AbortSignal;
  /** The turn is over: whatever still works for it is aborted. */
  readonly release: () => void;
}

interface HoldOptions {
  readonly clock: Clock;
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
  const released = new AbortController();
  const leave = (): void => turn.abort(new Error('the asker is gone'));
  if (options.asker.aborted) leave();
  options.asker.addEventListener('abort', leave, { once: true });
  const timer = setTimeout(() => turn.abort(new Error(`no answer within ${options.timeoutMs} ms`)), options.timeoutMs);
  const keep = async (): Promise<void> => {
    for (;;) {
      await options.clock.sleep(options.leaseMs / 3, released.signal);
      if (released.signal.aborted) return;
      try {
        if (!(await options.renew())) turn.abort(new Error('the turn was given up by others'));
      } catch (thrown) {
        options.logger.warn({ err: thrown }, 'lease of a turn not renewed');
      }
    }
  };
  void keep();
  return {
    signal: turn.signal,
    release: () => {
      released.abort();
      turn.abort(new Error('the turn is over'));
      clearTimeout(timer);
      options.asker.removeEventListener('abort', leave);
    },
  };
};
