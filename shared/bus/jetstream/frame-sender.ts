import type { Failure } from '../../errors/failure.ts';
import { encode } from '../wire.ts';

/**
 * What travels to a caller's inbox. Frames are numbered from 1 and `n` is how many went before, so a lost message shows at
 * the next one, a heartbeat at the latest; `end` and `failure` are the last word, also behind frames.
 */
export type StreamMessage =
  | { readonly n: number; readonly frames: readonly unknown[]; readonly end?: true }
  | { readonly n: number; readonly beat: true }
  | { readonly n: number; readonly end: true }
  | { readonly n: number; readonly failure: unknown };

export interface FrameSender {
  /** Throws `body_too_large` for a frame over the limit of a message. */
  readonly push: (frame: unknown) => void;
  readonly beat: () => void;
  readonly end: () => void;
  readonly fail: (failure: Failure) => void;
}

const batchCharsMax = 64 * 1024;

/**
 * Frames that come within one turn of the event loop leave in one message: a token costs less than the write that carries it,
 * and an upstream brings several at a time. Nothing waits for a timer.
 */
export const createFrameSender = (send: (text: string) => void): FrameSender => {
  let sent = 0;
  let waiting: string[] = [];
  let waitingChars = 0;
  let turn: NodeJS.Immediate | undefined;

  const flush = (lastWord = ''): void => {
    clearImmediate(turn);
    turn = undefined;
    if (waiting.length === 0) return;
    send(`{"n":${sent},"frames":[${waiting.join(',')}]${lastWord}}`);
    sent += waiting.length;
    waiting = [];
    waitingChars = 0;
  };
  const say = (word: { readonly beat: true } | { readonly end: true } | { readonly failure: unknown }): void => {
    flush();
    send(encode({ n: sent, ...word }));
  };

  return {
    push: (frame) => {
      const text = encode(frame);
      if (waitingChars + text.length > batchCharsMax) flush();
      waiting.push(text);
      waitingChars += text.length;
      turn ??= setImmediate(() => flush());
    },
    beat: () => say({ beat: true }),
    // Together with the last frames: a message less, and a caller who leaves with the last frame need not say so.
    end: () => {
      if (waiting.length > 0) flush(',"end":true');
      else say({ end: true });
    },
    fail: (failure) => say({ failure: failure.toWire() }),
  };
};
