import { context, propagation, SpanKind, SpanStatusCode, trace, type Span } from '@opentelemetry/api';
import { outsideCallSeconds } from '../telemetry/metrics.ts';
import type { HttpHeaders } from './exchange.ts';

const tracer = trace.getTracer('parley.http');

export interface CallSpan {
  /** `traceparent` for the upstream; empty when no tracing runs. */
  readonly headers: HttpHeaders;
  readonly answered: (status: number) => void;
  readonly failed: (thrown: unknown) => void;
  /** Call once; later calls do nothing. */
  readonly end: () => void;
}

/** A client span and a measurement of one call to `system`, which is one of few names. The query of the URL stays out: presigned addresses carry their signature there. */
export const startCallSpan = (system: string, method: string, url: string): CallSpan => {
  const { host, pathname } = URL.canParse(url) ? new URL(url) : { host: 'invalid', pathname: '' };
  const span = tracer.startSpan(`${method} ${host}`, {
    kind: SpanKind.CLIENT,
    attributes: { 'http.request.method': method, 'server.address': host, 'url.path': pathname },
  });
  const stopTimer = outsideCallSeconds.startTimer({ system });
  return {
    headers: traceHeaders(span),
    answered: (status) => {
      stopTimer({ status });
      span.setAttribute('http.response.status_code', status);
      if (status >= 400) span.setStatus({ code: SpanStatusCode.ERROR });
    },
    failed: (thrown) => {
      stopTimer({ status: 'none' });
      span.setStatus({ code: SpanStatusCode.ERROR });
      if (thrown instanceof Error) span.recordException(thrown);
    },
    end: () => {
      if (span.isRecording()) span.end();
    },
  };
};

const traceHeaders = (span: Span): HttpHeaders => {
  const carrier: Record<string, string> = {};
  propagation.inject(trace.setSpan(context.active(), span), carrier);
  return carrier;
};
