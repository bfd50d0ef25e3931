import { trace } from '@opentelemetry/api';
import { pino, type Logger } from 'pino';
import { currentCorrelation } from './correlation.ts';

// Paths of everything that may hold a secret or a person's words, wherever a caller might put it.
const redacted = [
  'authorization',
  'api_key',
  'apiKey',
  'access_key',
  'accessKey',
  'secret',
  'token',
  'password',
  'cookie',
  'question',
  'answer',
  'text',
  'body',
].flatMap((key) => [key, `*.${key}`, `*.*.${key}`]);

/** JSON lines with trace and correlation ids. Never a key, a question or a document's text: see `redacted`. */
export const createLogger = (options: { readonly name: string; readonly level: string }): Logger =>
  pino({
    name: options.name,
    level: options.level,
    redact: { paths: [...redacted, 'headers.authorization', 'err.config', 'err.options'], censor: '[redacted]' },
    mixin: () => {
      const span = trace.getActiveSpan()?.spanContext();
      const correlationId = currentCorrelation()?.correlationId;
      return {
        ...(span === undefined ? {} : { trace_id: span.traceId, span_id: span.spanId }),
        ...(correlationId === undefined ? {} : { correlation_id: correlationId }),
      };
    },
  });

export type { Logger } from 'pino';
