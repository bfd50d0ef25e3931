import { SpanKind, SpanStatusCode, trace, type Attributes, type Span } from '@opentelemetry/api';
import type { Logger } from 'pino';
import { toFailure, type Failure } from '../errors/failure.ts';
import type { Clock } from '../runtime/clock.ts';
import { runWithCorrelation } from '../telemetry/correlation.ts';
import { messageSeconds } from '../telemetry/metrics.ts';
import { withTraceparent } from '../telemetry/span.ts';
import type { Quarantine } from './quarantine.ts';

/** What an adapter hands to everything it wraps. */
export interface BusTools {
  readonly clock: Clock;
  readonly logger: Logger;
  /** For `messaging.system`. */
  readonly system: 'nats' | 'in_process';
  /** Of all durable messages of this process. */
  readonly quarantine: Quarantine;
}

/** A message on its way to a handler. */
export interface Incoming {
  readonly subject: string;
  /** JSON. */
  readonly text: string;
  /** Milliseconds since the epoch. */
  readonly deadlineAt: number;
  readonly correlationId: string;
  readonly traceparent: string | null;
  /** Durable messages have one; a query is known by its correlation. */
  readonly messageId?: string;
  readonly consumer?: string;
  readonly attempt?: number;
}

type Operation = 'answer' | 'stream' | 'consume';

const tracer = trace.getTracer('parley.bus');

/**
 * Runs the handling of one message as a child of its sender's span and under its correlation, and writes one log line:
 * at debug for questions, at info for durable messages, at error for what nobody foresaw.
 */
export const observed = <T>(
  tools: BusTools,
  operation: Operation,
  incoming: Incoming,
  work: () => Promise<T>,
): Promise<T> =>
  withTraceparent(incoming.traceparent, () =>
    runWithCorrelation(
      { correlationId: incoming.correlationId, causationId: incoming.messageId ?? incoming.correlationId },
      () =>
        tracer.startActiveSpan(
          `${operation} ${incoming.subject}`,
          { kind: kinds[operation], attributes: attributesOf(tools, operation, incoming) },
          (span) => handled(tools, operation, incoming, span, work),
        ),
    ),
  );

const handled = async <T>(
  tools: BusTools,
  operation: Operation,
  incoming: Incoming,
  span: Span,
  work: () => Promise<T>,
): Promise<T> => {
  const startedAt = tools.clock.now();
  try {
    const result = await work();
    logLine(tools, operation, incoming, startedAt, undefined);
    return result;
  } catch (thrown) {
    logLine(tools, operation, incoming, startedAt, thrown);
    span.setAttribute('error.type', toFailure(thrown).code);
    span.setStatus({ code: SpanStatusCode.ERROR });
    throw thrown;
  } finally {
    span.end();
  }
};

const logLine = (
  { logger, clock }: BusTools,
  operation: Operation,
  incoming: Incoming,
  startedAt: number,
  thrown: unknown,
): void => {
  const failure = thrown === undefined ? undefined : toFailure(thrown);
  const { subject } = incoming;
  const outcome = failure?.code ?? 'ok';
  const duration_ms = clock.now() - startedAt;
  messageSeconds.observe({ subject, outcome }, duration_ms / 1000);
  const line = {
    subject,
    outcome,
    duration_ms,
    ...(incoming.attempt === undefined ? {} : { attempt: incoming.attempt, consumer: incoming.consumer }),
  };
  if (failure?.code === 'internal') logger.error({ ...line, err: failure.cause ?? failure }, 'message handled');
  else if (operation === 'consume') logger.info({ ...line, ...causeOf(failure) }, 'message handled');
  else logger.debug(line, 'message handled');
};

const causeOf = (failure: Failure | undefined): object => (failure?.cause === undefined ? {} : { err: failure.cause });

const kinds = { answer: SpanKind.SERVER, stream: SpanKind.SERVER, consume: SpanKind.CONSUMER } as const;

const attributesOf = ({ system }: BusTools, operation: Operation, incoming: Incoming): Attributes => ({
  'messaging.system': system,
  'messaging.operation.type': 'process',
  'messaging.operation.name': operation,
  'messaging.destination.name': incoming.subject,
  'messaging.message.conversation_id': incoming.correlationId,
  ...(incoming.messageId === undefined ? {} : { 'messaging.message.id': incoming.messageId }),
  ...(incoming.consumer === undefined ? {} : { 'messaging.consumer.group.name': incoming.consumer }),
});
