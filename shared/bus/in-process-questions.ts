import type { Query, StreamQuery } from '../contracts/message.ts';
import { Failure, toFailure } from '../errors/failure.ts';
import { currentTraceparent } from '../telemetry/span.ts';
import { receiveFrames } from './frame-stream.ts';
import type { InFlight } from './in-flight.ts';
import { answering, streamAnswering, type Answering, type StreamAnswering } from './middleware.ts';
import type { BusTools, Incoming } from './observed.ts';
import type { Bus, CallContext } from './port.ts';
import { decode, encode, parseOutput, readFailure } from './wire.ts';
import { within } from './within.ts';

/** The half of the in-process bus that stores nothing: questions, answered once or frame by frame. */
export const createQuestions = (
  tools: BusTools,
  inFlight: InFlight,
): Pick<Bus, 'ask' | 'askStream' | 'answer' | 'answerStream'> => {
  const answers = createRotation<Answering>();
  const streams = createRotation<StreamAnswering>();

  return {
    ask: async <Q extends Query>(contract: Q, input: unknown, context: CallContext) => {
      const incoming = incomingOf(contract, input, context);
      const answer = answers.next(contract.subject);
      const running = inFlight.run(context.deadlineAt, async (call) => answer(incoming, call)).catch(overTheWire);
      const text = await within(context.deadlineAt - tools.clock.now(), 'deadline_exceeded', running);
      return parseOutput<Q['output']>(contract.output, decode(text));
    },
    askStream: (contract, input, context) =>
      receiveFrames(tools.clock, contract, context, (queue) => {
        const incoming = incomingOf(contract, input, context);
        const answer = streams.next(contract.subject);
        let leave: (() => void) | undefined;
        inFlight
          .run(context.deadlineAt, async (call) => {
            leave = () => call.abort();
            await answer(incoming, call, (frame) => queue.push(decode(encode(frame))));
          })
          .catch(overTheWire)
          .then(
            () => queue.end(),
            (thrown: unknown) => queue.fail(toFailure(thrown)),
          );
        return () => leave?.();
      }),
    answer: async (contract, handler) => answers.add(contract.subject, answering(tools, contract, handler)),
    answerStream: async (contract, handler) => streams.add(contract.subject, streamAnswering(tools, contract, handler)),
  };
};

/** Handlers by subject; those of one subject take turns. */
const createRotation = <H>() => {
  const bySubject = new Map<string, H[]>();
  return {
    add: (subject: string, handler: H): void => {
      bySubject.set(subject, [...(bySubject.get(subject) ?? []), handler]);
    },
    next: (subject: string): H => {
      const handlers = bySubject.get(subject);
      const handler = handlers?.shift();
      if (handlers === undefined || handler === undefined) {
        throw new Failure('service_unavailable', { retryAfterMs: 1_000 });
      }
      handlers.push(handler);
      return handler;
    },
  };
};

const incomingOf = (contract: Query | StreamQuery, input: unknown, context: CallContext): Incoming => ({
  subject: contract.subject,
  text: encode(input),
  deadlineAt: context.deadlineAt,
  correlationId: context.correlationId,
  traceparent: currentTraceparent(),
});

// A failure reaches the caller as NATS would bring it: without its cause.
const overTheWire = (thrown: unknown): never => {
  throw readFailure(decode(encode(toFailure(thrown).toWire())));
};
