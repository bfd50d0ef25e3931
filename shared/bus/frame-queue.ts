import { Failure } from '../errors/failure.ts';

/** Frames that arrived and were not read yet. The sender cannot be slowed down, so the queue has a limit. */
export interface FrameQueue {
  push(frame: unknown): void;
  end(): void;
  fail(failure: Failure): void;
  /** What was pushed, in order, then the end or the failure. For one reader. */
  frames(): AsyncGenerator<unknown, void>;
}

const waitingMax = 10_000;

/** A reader that falls more than 10,000 frames behind gets `overloaded`. */
export const createFrameQueue = (): FrameQueue => {
  let waiting: unknown[] = [];
  let outcome: Failure | 'open' | 'ended' = 'open';
  let wake: (() => void) | undefined;

  const close = (as: Failure | 'ended'): void => {
    if (outcome === 'open') outcome = as;
    wake?.();
  };

  return {
    push: (frame) => {
      if (outcome !== 'open') return;
      if (waiting.length >= waitingMax) close(new Failure('overloaded', { detail: 'The answer was not read in time' }));
      else waiting.push(frame);
      wake?.();
    },
    end: () => close('ended'),
    fail: close,
    frames: async function* () {
      for (;;) {
        const batch = waiting;
        waiting = [];
        yield* batch;
        // Looked at again, since reading gives the sender its turn, even when there was nothing to read.
        if (waiting.length > 0) continue;
        if (outcome === 'ended') return;
        if (outcome !== 'open') throw outcome;
        await new Promise<void>((resolve) => (wake = resolve));
      }
    },
  };
};
