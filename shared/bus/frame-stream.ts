import type { z } from 'zod';
import type { StreamQuery } from '../contracts/message.ts';
import { Failure } from '../errors/failure.ts';
import type { Clock } from '../runtime/clock.ts';
import { createFrameQueue, type FrameQueue } from './frame-queue.ts';
import type { CallContext } from './port.ts';
import { parseOutput } from './wire.ts';

type StreamContext = CallContext & { readonly signal: AbortSignal };

/**
 * The caller's side of a stream, alike for both adapters: `open` starts the question and feeds the queue; what it returns
 * runs once when the reader is done, left, gave up or ran out of time.
 */
export async function* receiveFrames<Q extends StreamQuery>(
  clock: Clock,
  contract: Q,
  context: StreamContext,
  open: (queue: FrameQueue) => () => void,
): AsyncGenerator<z.output<Q['frame']>, void> {
  const remainingMs = context.deadlineAt - clock.now();
  if (remainingMs <= 0) throw new Failure('deadline_exceeded');
  if (context.signal.aborted) throw callerLeft(context.signal);
  const queue = createFrameQueue();
  const leave = (): void => queue.fail(callerLeft(context.signal));
  const timer = setTimeout(() => queue.fail(new Failure('deadline_exceeded')), remainingMs);
  context.signal.addEventListener('abort', leave);
  let close: (() => void) | undefined;
  try {
    close = open(queue);
    for await (const frame of queue.frames()) yield parseOutput<Q['frame']>(contract.frame, frame);
  } finally {
    clearTimeout(timer);
    context.signal.removeEventListener('abort', leave);
    close?.();
  }
}

const callerLeft = (signal: AbortSignal): Failure =>
  signal.reason instanceof Failure
    ? signal.reason
    : new Failure('service_unavailable', { detail: 'The caller stopped listening', cause: signal.reason });
