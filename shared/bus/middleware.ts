import type { Durable, Envelope, Query, StreamQuery } from '../contracts/message.ts';
import { envelopeSchema } from '../contracts/message.ts';
import { Failure, toFailure } from '../errors/failure.ts';
import { deadLetters } from '../telemetry/metrics.ts';
import { verdict, type Verdict } from './delivery.ts';
import { observed, type BusTools, type Incoming } from './observed.ts';
import type { Call, Delivery, Handler, StreamHandler } from './port.ts';
import { decode, encode, parseInput, parseOutput } from './wire.ts';

/** Answers one question, from JSON text to JSON text; throws only Failures. */
export type Answering = (incoming: Incoming, call: AbortController) => Promise<string>;
/** Answers one question frame by frame; `emit` is given plain values, checked against the contract. */
export type StreamAnswering = (
  incoming: Incoming,
  call: AbortController,
  emit: (frame: unknown) => void,
) => Promise<void>;
/** Handles one delivery and tells what is to become of the message; throws nothing. */
export type Consuming = (text: string, attempt: number) => Promise<Verdict>;

/** What both adapters put around a query handler: parsing both ways, span, correlation, log line. */
export const answering =
  <Q extends Query>(tools: BusTools, contract: Q, handler: Handler<Q>): Answering =>
  (incoming, call) =>
    observed(tools, 'answer', incoming, async () => {
      const input = parseInput<Q['input']>(contract.input, decode(incoming.text));
      const output = await handler(input, callOf(incoming, call.signal));
      return encodeAnswer(parseOutput(contract.output, output));
    });

/** The same around a stream handler. The handler is left when the caller goes away. */
export const streamAnswering =
  <Q extends StreamQuery>(tools: BusTools, contract: Q, handler: StreamHandler<Q>): StreamAnswering =>
  (incoming, call, emit) =>
    observed(tools, 'stream', incoming, async () => {
      const input = parseInput<Q['input']>(contract.input, decode(incoming.text));
      for await (const frame of handler(input, callOf(incoming, call.signal))) {
        if (call.signal.aborted) return;
        emit(parseOutput(contract.frame, frame));
      }
    });

/** The same around a consumer: what the handler throws becomes a verdict. */
export const consuming =
  <D extends Durable>(
    tools: BusTools,
    contract: D,
    consumer: string,
    handler: (delivery: Delivery<D>) => Promise<void>,
  ): Consuming =>
  async (text, attempt) => {
    const envelope = envelopeSchema.safeParse(decode(text));
    if (!envelope.success) {
      tools.logger.error({ subject: contract.subject, consumer, outcome: 'invalid_envelope' }, 'message buried');
      deadLetters.inc({ subject: contract.subject });
      return { do: 'bury', reason: 'invalid_envelope' };
    }
    const incoming = incomingOf(contract, envelope.data, text);
    const failure = await observed(tools, 'consume', { ...incoming, attempt, consumer }, async () => {
      const data = parseInput<D['data']>(contract.data, envelope.data.data);
      await handler({ envelope: envelope.data, data, attempt });
    }).then(() => undefined, retryable);
    const decision = verdict(failure, attempt, tools.clock.random());
    if (decision.do === 'bury') {
      deadLetters.inc({ subject: contract.subject });
      tools.logger.error({ subject: contract.subject, consumer, attempt, ...decision }, 'message buried');
    }
    return decision;
  };

const callOf = (incoming: Incoming, signal: AbortSignal): Call => ({
  deadlineAt: incoming.deadlineAt,
  correlationId: incoming.correlationId,
  signal,
});

// The contract's subject, without the domain: span names and log lines are counted by it.
const incomingOf = (contract: Durable, envelope: Envelope, text: string): Incoming => ({
  subject: contract.subject,
  text,
  deadlineAt: Number.MAX_SAFE_INTEGER,
  correlationId: envelope.correlation_id,
  traceparent: envelope.traceparent,
  messageId: envelope.id,
});

// An error that nobody named, such as a lost database connection, has an unknown outcome: worth another try.
const retryable = (thrown: unknown): Failure =>
  thrown instanceof Failure ? thrown : new Failure('service_unavailable', { cause: thrown });

// The caller asked for nothing wrong: an answer that is too large is our fault, not a 413.
const encodeAnswer = (output: unknown): string => {
  try {
    return encode(output);
  } catch (thrown) {
    throw new Failure('internal', { cause: toFailure(thrown) });
  }
};
