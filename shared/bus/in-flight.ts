import { Failure } from '../errors/failure.ts';
import type { Clock } from '../runtime/clock.ts';

/** The handlers that are running now, so that their number has a limit and a drain can wait for them. */
export interface InFlight {
  /**
   * Runs `work` with a signal that aborts at `deadlineAt` (milliseconds since the epoch), when `work` itself is told to
   * give up, or when a drain runs out of time. Throws `service_unavailable` while draining, `overloaded` at the limit,
   * `deadline_exceeded` when it is already too late.
   */
  run<T>(deadlineAt: number, work: (call: AbortController) => Promise<T>): Promise<T>;
  /** Takes nothing new, waits at most `timeoutMs` for what runs, then aborts it and waits a moment for it to end. */
  settle(timeoutMs: number): Promise<void>;
}

interface InFlightOptions {
  readonly clock: Clock;
  readonly runningMax: number;
}

const abortedMsMax = 500;

export const createInFlight = ({ clock, runningMax }: InFlightOptions): InFlight => {
  const running = new Set<AbortController>();
  let draining = false;
  let onIdle: (() => void) | undefined;

  const admit = (deadlineAt: number): number => {
    if (draining) throw new Failure('service_unavailable', { retryAfterMs: 1_000 });
    if (running.size >= runningMax) throw new Failure('overloaded', { retryAfterMs: 1_000 });
    const remainingMs = deadlineAt - clock.now();
    if (remainingMs <= 0) throw new Failure('deadline_exceeded');
    return remainingMs;
  };

  return {
    run: async (deadlineAt, work) => {
      const remainingMs = admit(deadlineAt);
      const call = new AbortController();
      const expire = (): void => call.abort(new Failure('deadline_exceeded'));
      // Timers hold 31 bits; a later deadline is none.
      const timer = remainingMs > 2 ** 31 - 1 ? undefined : setTimeout(expire, remainingMs);
      running.add(call);
      try {
        const result = await work(call);
        // Whatever a handler gives back when its time is over is not an answer.
        if (call.signal.reason instanceof Failure) throw call.signal.reason;
        return result;
      } finally {
        clearTimeout(timer);
        running.delete(call);
        if (running.size === 0) onIdle?.();
      }
    },
    settle: async (timeoutMs) => {
      draining = true;
      if (running.size === 0) return;
      const patience = new AbortController();
      onIdle = () => patience.abort();
      await clock.sleep(timeoutMs, patience.signal);
      for (const call of running) call.abort(new Failure('service_unavailable'));
      // So that what they say at the end still goes out.
      await clock.sleep(abortedMsMax, patience.signal);
    },
  };
};
