import { isSpanContextValid, type Span } from '@opentelemetry/api';
import type { IncomingHttpHeaders } from 'node:http';
import type { Clock } from '../../../shared/runtime/clock.ts';

const acceptedId = /^[A-Za-z0-9_-][A-Za-z0-9._-]{0,63}$/;
const traceparentPattern = /^00-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-0[01]$/;

/** The caller's `X-Request-Id` when it is harmless in logs and headers, else a new one. */
export const requestIdOf = (headers: IncomingHttpHeaders, clock: Clock): string => {
  const given = headers['x-request-id'];
  return typeof given === 'string' && acceptedId.test(given) ? given : clock.newId();
};

/** The span's place as W3C `traceparent`; without tracing, a place of its own in the caller's trace or in a new one. */
export const traceparentOf = (span: Span, headers: IncomingHttpHeaders, clock: Clock): string => {
  const context = span.spanContext();
  if (isSpanContextValid(context)) {
    return `00-${context.traceId}-${context.spanId}-0${(context.traceFlags & 1).toString()}`;
  }
  const given = headers['traceparent'];
  const traceId = typeof given === 'string' ? traceparentPattern.exec(given)?.[1] : undefined;
  return `00-${traceId ?? hex(clock)}-${hex(clock).slice(0, 16)}-00`;
};

const hex = (clock: Clock): string => clock.newId().replaceAll('-', '');
