import { context, propagation, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace, type Span } from '@opentelemetry/api';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { Failure } from '../../../shared/errors/failure.ts';
import { scatteredRetryMs } from '../../../shared/runtime/pressure.ts';
import { runWithCorrelation } from '../../../shared/telemetry/correlation.ts';
import { httpRequestSeconds, refusals } from '../../../shared/telemetry/metrics.ts';
import { bearsAdminKey } from '../auth/bearer.ts';
import type { Gateway } from '../gateway.ts';
import { rememberContext, type RequestContext } from './exchange.ts';
import { sendProblem } from './problem.ts';
import { requestIdOf, traceparentOf } from './request-id.ts';

const tracer = trace.getTracer('parley.http');

/**
 * Puts around the app what every request gets, known or not: an id, a place in a trace, a span, a log line and a
 * measured time. Past `inFlightMax` it refuses with `overloaded`, except what tells how the system is and the admin key.
 */
export const createEdge = (gateway: Gateway, app: RequestListener): RequestListener => {
  const { clock, config } = gateway;
  const exempt = new Set(['/health', '/health/live', '/health/ready', '/metrics']);
  let inFlight = 0;
  return (request, response) => {
    const startedAt = performance.now();
    const parent = propagation.extract(ROOT_CONTEXT, request.headers);
    const span = tracer.startSpan(`HTTP ${request.method ?? ''}`, { kind: SpanKind.SERVER }, parent);
    const known: RequestContext = {
      requestId: requestIdOf(request.headers, clock),
      traceparent: traceparentOf(span, request.headers, clock),
      route: 'unmatched',
      domainId: undefined,
      failureCode: undefined,
    };
    rememberContext(request, known);
    response.setHeader('X-Request-Id', known.requestId);
    response.setHeader('traceparent', known.traceparent);
    inFlight += 1;
    response.once('close', () => {
      inFlight -= 1;
      record(gateway, { request, response, span, known, ms: performance.now() - startedAt });
    });
    context.with(trace.setSpan(parent, span), () =>
      runWithCorrelation({ correlationId: known.requestId, causationId: null }, () => {
        if (inFlight > config.inFlightMax && !exempt.has(request.url ?? '') && !bearsAdminKey(request, config)) {
          refusals.inc({ reason: 'requests' });
          sendProblem(request, response, new Failure('overloaded', { retryAfterMs: scatteredRetryMs(clock) }));
        } else app(request, response);
      }),
    );
  };
};

interface Finished {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly span: Span;
  readonly known: RequestContext;
  readonly ms: number;
}

const quietRoutes = new Set(['/health', '/health/live', '/health/ready', '/metrics', '/static']);

const record = ({ logger }: Gateway, { request, response, span, known, ms }: Finished): void => {
  // A client that left before the answer has no status; 499 is what proxies write for it.
  const status = response.writableFinished || response.headersSent ? response.statusCode : 499;
  const method = request.method ?? '';
  const { route, domainId, failureCode } = known;
  httpRequestSeconds.observe({ method, route, status }, ms / 1_000);
  if (span.isRecording()) {
    span.updateName(`${method} ${route}`);
    span.setAttributes({ 'http.request.method': method, 'http.route': route, 'http.response.status_code': status });
    if (domainId !== undefined) span.setAttribute('parley.domain_id', domainId);
    if (status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
  }
  span.end();
  const line = {
    method,
    route,
    status,
    ms: Math.round(ms),
    request_id: known.requestId,
    ...(domainId === undefined ? {} : { domain_id: domainId }),
    ...(failureCode === undefined ? {} : { code: failureCode }),
  };
  // Under a flood a line for each refusal would cost more than the refusal; the metrics count them.
  if (quietRoutes.has(route) || failureCode === 'overloaded') logger.debug(line, 'request');
  else logger.info(line, 'request');
};
