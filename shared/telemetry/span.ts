import { context, propagation, SpanStatusCode, trace, type Attributes } from '@opentelemetry/api';

const tracer = trace.getTracer('parley');

/** Runs `work` inside a span; a thrown value marks the span and goes on. */
export const inSpan = async <T>(name: string, attributes: Attributes, work: () => Promise<T>): Promise<T> =>
  tracer.startActiveSpan(name, { attributes }, async (span) => {
    try {
      return await work();
    } catch (thrown) {
      span.setStatus({ code: SpanStatusCode.ERROR });
      if (thrown instanceof Error) span.recordException(thrown);
      throw thrown;
    } finally {
      span.end();
    }
  });

/** The active span as a W3C `traceparent`, or null outside of any. */
export const currentTraceparent = (): string | null => {
  const carrier: Record<string, string> = {};
  propagation.inject(context.active(), carrier);
  return carrier['traceparent'] ?? null;
};

/** Runs `work` as a child of the given `traceparent`. */
export const withTraceparent = <T>(traceparent: string | null, work: () => T): T =>
  traceparent === null ? work() : context.with(propagation.extract(context.active(), { traceparent }), work);
