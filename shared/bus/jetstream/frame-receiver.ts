import type { Msg } from '@nats-io/transport-node';
import type { Failure } from '../../errors/failure.ts';
import type { FrameQueue } from '../frame-queue.ts';
import { decode, readFailure } from '../wire.ts';
import type { StreamMessage } from './frame-sender.ts';
import { isNoResponder, type Receiver } from './inbox.ts';
import { unavailable } from './requests.ts';

export interface FrameReceiver extends Receiver {
  /** Ends the watch over the silence; true when the answerer has said its last word. */
  stop(): boolean;
}

/**
 * Feeds a queue with what an answerer sends, and fails it with `service_unavailable` on a gap, a broken connection, or
 * `silenceMs` without a word: core NATS itself tells nobody of any of them.
 */
export const createFrameReceiver = (queue: FrameQueue, silenceMs: number): FrameReceiver => {
  let received = 0;
  let isOver = false;
  const silence = setTimeout(() => queue.fail(unavailable('The answerer fell silent')), silenceMs);
  const finish = (failure?: Failure): void => {
    isOver = true;
    if (failure === undefined) queue.end();
    else queue.fail(failure);
  };

  return {
    onMessage: (message: Msg): void => {
      silence.refresh();
      if (isNoResponder(message)) {
        finish(unavailable());
        return;
      }
      const word = readWord(decode(message.string()));
      if (word?.n !== received) queue.fail(unavailable('A part of the answer was lost'));
      else if ('frames' in word) {
        received += word.frames.length;
        for (const frame of word.frames) queue.push(frame);
        if (word.end === true) finish();
      } else if ('failure' in word) finish(readFailure(word.failure));
      else if ('end' in word) finish();
    },
    onLost: () => queue.fail(unavailable('The connection broke')),
    stop: () => {
      clearTimeout(silence);
      return isOver;
    },
  };
};

// By hand rather than by schema: this runs once per token.
const readWord = (value: unknown): StreamMessage | undefined => {
  if (typeof value !== 'object' || value === null || !('n' in value) || typeof value.n !== 'number') return undefined;
  const { n } = value;
  if ('frames' in value && Array.isArray(value.frames)) {
    return { n, frames: value.frames, ...('end' in value ? { end: true } : {}) };
  }
  if ('failure' in value) return { n, failure: value.failure };
  if ('end' in value) return { n, end: true };
  return 'beat' in value ? { n, beat: true } : undefined;
};
