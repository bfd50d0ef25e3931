import type { Msg } from '@nats-io/transport-node';
import { toFailure, type Failure } from '../../errors/failure.ts';
import type { FrameQueue } from '../frame-queue.ts';
import { receiveFrames } from '../frame-stream.ts';
import { streamAnswering, type StreamAnswering } from '../middleware.ts';
import type { Bus } from '../port.ts';
import { decode, encode, readFailure } from '../wire.ts';
import { callHeaders, incomingOf } from './call-headers.ts';
import type { Core } from './core.ts';
import { isNoResponder, questionId } from './inbox.ts';
import { unavailable } from './requests.ts';

export interface StreamTimes {
  /** How often an answerer that has nothing to say shows that it lives. */
  readonly heartbeatMs: number;
  /** After so long without a frame or a heartbeat it is taken for dead. */
  readonly silenceMs: number;
}

/**
 * What travels to the caller's inbox. `n` is the number of the frame, from 1; in all others how many frames there were, so
 * that a lost one shows at the next heartbeat at the latest.
 */
type WireFrame =
  | { readonly n: number; readonly frame: unknown }
  | { readonly n: number; readonly beat: true }
  | { readonly n: number; readonly end: true }
  | { readonly n: number; readonly failure: unknown };

const cancelSubject = 'ctl.stream.cancel';

/** Questions answered in numbered frames over core NATS, which itself tells nobody of a lost message or a dead peer. */
export const createTokenStreams = (core: Core, times: StreamTimes): Pick<Bus, 'askStream' | 'answerStream'> => {
  const running = new Map<string, AbortController>();
  let listening: Promise<void> | undefined;

  return {
    askStream: (contract, input, context) =>
      receiveFrames(core.tools.clock, contract, context, (queue) => {
        const text = encode(input);
        if (!core.link.isConnected()) throw unavailable();
        const receiver = createReceiver(queue, times.silenceMs);
        const { replyTo, close } = core.inbox.open(receiver);
        const subject = core.names.subject(contract.subject);
        core.link.connection.publish(subject, text, { reply: replyTo, headers: callHeaders(context) });
        return () => {
          close();
          if (!receiver.stop()) cancel(core, replyTo);
        };
      }),
    answerStream: async (contract, handler) => {
      listening ??= core.subscribe(`${cancelSubject}.*`, undefined, (message) => {
        running.get(message.subject.slice(message.subject.lastIndexOf('.') + 1))?.abort();
      });
      await listening;
      const answer = streamAnswering(core.tools, contract, handler);
      await core.subscribe(contract.subject, contract.owner, (message) => {
        void respond(core, times, running, answer, message, contract.subject);
      });
    },
  };
};

const cancel = (core: Core, replyTo: string): void => {
  if (!core.link.connection.isClosed()) {
    core.link.connection.publish(core.names.subject(`${cancelSubject}.${questionId(replyTo)}`));
  }
};

const createReceiver = (queue: FrameQueue, silenceMs: number) => {
  let received = 0;
  let over = false;
  const fail = (failure: Failure, isOver: boolean): void => {
    over = isOver;
    queue.fail(failure);
  };
  const silence = setTimeout(() => fail(unavailable('The answerer fell silent'), false), silenceMs);
  return {
    onMessage: (message: Msg): void => {
      silence.refresh();
      if (isNoResponder(message)) {
        fail(unavailable(), true);
        return;
      }
      const frame = readFrame(decode(message.string()));
      const expected = frame !== undefined && 'frame' in frame ? received + 1 : received;
      if (frame?.n !== expected) {
        fail(unavailable('A part of the answer was lost'), false);
        return;
      }
      received = expected;
      if ('frame' in frame) queue.push(frame.frame);
      if ('failure' in frame) fail(readFailure(frame.failure), true);
      if ('end' in frame) {
        over = true;
        queue.end();
      }
    },
    onLost: (): void => fail(unavailable('The connection broke'), false),
    /** True when the answerer has said its last word. */
    stop: (): boolean => {
      clearTimeout(silence);
      return over;
    },
  };
};

// By hand rather than by schema: this runs once per token.
const readFrame = (value: unknown): WireFrame | undefined => {
  if (typeof value !== 'object' || value === null || !('n' in value) || typeof value.n !== 'number') return undefined;
  const { n } = value;
  if ('frame' in value) return { n, frame: value.frame };
  if ('failure' in value) return { n, failure: value.failure };
  if ('end' in value) return { n, end: true };
  return 'beat' in value ? { n, beat: true } : undefined;
};

const respond = async (
  core: Core,
  times: StreamTimes,
  running: Map<string, AbortController>,
  answer: StreamAnswering,
  message: Msg,
  subject: string,
): Promise<void> => {
  const incoming = incomingOf(message, subject, core.tools.clock);
  const id = questionId(message.reply ?? '');
  let sent = 0;
  const say = (frame: WireFrame): void => core.reply(message, encode(frame));
  const heart = setInterval(() => say({ n: sent, beat: true }), times.heartbeatMs);
  try {
    await core.questions.run(incoming.deadlineAt, async (call) => {
      running.set(id, call);
      await answer(incoming, call, (frame) => {
        say({ n: sent + 1, frame });
        sent += 1;
      });
    });
    say({ n: sent, end: true });
  } catch (thrown) {
    say({ n: sent, failure: toFailure(thrown).toWire() });
  } finally {
    clearInterval(heart);
    running.delete(id);
  }
};
