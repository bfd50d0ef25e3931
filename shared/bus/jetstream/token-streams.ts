import type { Msg } from '@nats-io/transport-node';
import { toFailure } from '../../errors/failure.ts';
import { receiveFrames } from '../frame-stream.ts';
import { streamAnswering, type StreamAnswering } from '../middleware.ts';
import type { Bus } from '../port.ts';
import { encode } from '../wire.ts';
import { callHeaders, incomingOf } from './call-headers.ts';
import type { Core } from './core.ts';
import { createFrameReceiver } from './frame-receiver.ts';
import { createFrameSender } from './frame-sender.ts';
import { questionId } from './inbox.ts';
import { unavailable } from './requests.ts';

export interface StreamTimes {
  /** How often an answerer that has nothing to say shows that it lives. */
  readonly heartbeatMs: number;
  /** After so long without a frame or a heartbeat it is taken for dead. */
  readonly silenceMs: number;
}

const cancelSubject = 'ctl.stream.cancel';

/** Questions answered in numbered frames over core NATS, with heartbeats, an explicit end, and a way to say "enough". */
export const createTokenStreams = (core: Core, times: StreamTimes): Pick<Bus, 'askStream' | 'answerStream'> => {
  const running = new Map<string, AbortController>();
  let listening: Promise<void> | undefined;

  return {
    askStream: (contract, input, context) =>
      receiveFrames(core.tools.clock, contract, context, (queue) => {
        const text = encode(input);
        if (!core.link.isConnected()) throw unavailable();
        const headers = callHeaders(context);
        const receiver = createFrameReceiver(queue, times.silenceMs);
        const { replyTo, close } = core.inbox.open(contract.owner, receiver);
        core.link.connection.publish(core.names.subject(contract.subject), text, { reply: replyTo, headers });
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
  const sender = createFrameSender((text) => core.reply(message, text));
  const heart = setInterval(sender.beat, times.heartbeatMs);
  try {
    await core.questions.run(incoming.deadlineAt, async (call) => {
      running.set(id, call);
      await answer(incoming, call, sender.push);
    });
    sender.end();
  } catch (thrown) {
    sender.fail(toFailure(thrown));
  } finally {
    clearInterval(heart);
    running.delete(id);
  }
};
