import type { Durable, Envelope, Query, StreamQuery } from '../contracts/message.ts';
import { envelopeSchema, publishSubject } from '../contracts/message.ts';
import { Failure, toFailure } from '../errors/failure.ts';
import { deadLetters } from '../telemetry/metrics.ts';
import type { Bury } from './dead-letter.ts';
import { backoffMs, verdict, type Verdict } from './delivery.ts';
import { observed, type BusTools, type Incoming } from './observed.ts';
import type { Call, Delivery, Handler, Outcome, StreamHandler } from './port.ts';
import { decode, encode, parseInput, parseOutput } from './wire.ts';

/** Answers one question, from JSON text to JSON text; throws only Failures. */
export type Answering = (incoming: Incoming, call: AbortController) => Promise<string>;
/** Answers one question frame by frame; `emit` is given plain values, checked against the contract. */
export type StreamAnswering = (
  incoming: Incoming,
  call: AbortController,
  emit: (frame: unknown) => void,
) => Promise<void>;
/** A durable message as an adapter has it. */
export interface Arrival {
  /** Without any namespace of the adapter. */
  readonly subject: string;
  readonly text: string;
  readonly attempt: number;
  readonly isSuspect: boolean;
}

/** Handles one delivery, buries what has to be, and tells what became of the message; throws nothing. */
export type Consuming = (arrival: Arrival) => Promise<Outcome>;

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

/** The same around a consumer: what the handler throws becomes a verdict, and the verdict is carried out but for waiting. */
export const consuming =
  <D extends Durable>(
    tools: BusTools,
    contract: D,
    consumer: string,
    handler: (delivery: Delivery<D>) => Promise<void>,
    bury: Bury,
  ): Consuming =>
  async (arrival) => {
    const { attempt, isSuspect, text } = arrival;
    const envelope = readEnvelope(contract, text);
    const judge = async (): Promise<Verdict> => {
      if (envelope === undefined) return { do: 'bury', reason: 'invalid_envelope' };
      const incoming = { ...incomingOf(contract, envelope, text), attempt, consumer };
      const failure = await observed(tools, 'consume', incoming, async () => {
        const data = parseInput<D['data']>(contract.data, envelope.data);
        await handler({ envelope, data, attempt, isSuspect });
      }).then(() => undefined, retryable);
      return verdict(failure, attempt, tools.clock.random());
    };
    const decision = await tools.quarantine.run(isSuspect, judge);
    if (decision.do !== 'bury') return decision;
    const { reason } = decision;
    const line = { subject: contract.subject, consumer, message_id: envelope?.id, attempt, reason };
    try {
      await bury({ subject: arrival.subject, envelope, text, reason, attempts: attempt });
    } catch (thrown) {
      tools.logger.warn({ ...line, err: thrown }, 'message not buried, it comes back');
      return { do: 'retry', afterMs: backoffMs(attempt, tools.clock.random()), reason };
    }
    deadLetters.inc({ subject: contract.subject });
    tools.logger.error(line, 'message buried');
    return { do: 'buried', reason };
  };

/** The envelope, if the text is one and it is of this very message. */
const readEnvelope = (contract: Durable, text: string): Envelope | undefined => {
  const parsed = envelopeSchema.safeParse(decode(text));
  if (!parsed.success) return undefined;
  const { name, subject, domain_id } = parsed.data;
  return name === contract.name && subject === publishSubject(contract, domain_id) ? parsed.data : undefined;
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
