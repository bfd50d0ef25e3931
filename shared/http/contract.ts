import type { z } from 'zod';
import type { Clock } from '../runtime/clock.ts';
import type { ExchangeRequest, HttpHeaders } from './exchange.ts';
import type { StatusCodes } from './status.ts';

export interface HttpOptions extends StatusCodes {
  readonly userAgent?: string;
  /** Sockets this client holds at once per host, its bulkhead; further calls wait within their own `timeoutMs`. Default 16. */
  readonly socketsMax?: number;
  /** Send `traceparent`: for our own emulators and services, not for strangers. Default false. */
  readonly propagateTrace?: boolean;
  /**
   * Keep the upstream's own words about a refusal, for the log. Only for one that is sent nothing people wrote: many send
   * back what they did not understand. Default false.
   */
  readonly keepsRefusalWords?: boolean;
  /** Defaults for requests that do not say. */
  readonly connectMs?: number;
  readonly responseMs?: number;
  readonly timeoutMs?: number;
  readonly responseBytesMax?: number;
  /** Told the head of every answer, whatever its status. */
  readonly onAnswer?: (answer: Pick<HttpResponse, 'status' | 'headers'>) => void;
  readonly clock?: Pick<Clock, 'now'>;
}

export interface HttpRequest {
  readonly method?: ExchangeRequest['method'];
  readonly url: string;
  readonly headers?: HttpHeaders;
  /** Sent as JSON. Give this or `body`, not both. */
  readonly json?: unknown;
  readonly body?: string | Uint8Array;
  /** Whole call, first byte out to last byte in. Default 15 s. */
  readonly timeoutMs?: number;
  /** Name, TCP, TLS. Default 3 s. */
  readonly connectMs?: number;
  /** Until the head of the answer. Default 15 s. */
  readonly responseMs?: number;
  /** After decompression. Default 5 MB. */
  readonly responseBytesMax?: number;
  readonly signal?: AbortSignal;
  readonly codeByStatus?: StatusCodes['codeByStatus'];
}

/** `timeoutMs` does not apply to a stream: give `idleMs` (default 10 s), and a signal for a limit on the whole. */
export interface StreamRequest extends Omit<HttpRequest, 'timeoutMs'> {
  readonly idleMs?: number;
}

export interface HttpResponse {
  readonly status: number;
  readonly headers: HttpHeaders;
  readonly body: Uint8Array;
}

export interface HttpStream {
  readonly status: number;
  readonly headers: HttpHeaders;
  /** Readable once. Leaving the loop early closes the socket; silence over `idleMs` throws `unavailableCode`. */
  readonly chunks: AsyncIterable<Uint8Array>;
  /** For a stream that will not be read after all. */
  readonly close: () => void;
}

export interface Http {
  /** Any status is an answer. Throws `unavailableCode` on network error, timeout, over-size or truncated body. */
  readonly send: (request: HttpRequest) => Promise<HttpResponse>;
  /** A 2xx JSON body of this shape, else a Failure by `StatusCodes`; an empty body is parsed as `undefined`. */
  readonly sendJson: <Schema extends z.ZodType>(request: HttpRequest, schema: Schema) => Promise<z.output<Schema>>;
  /** A 2xx body as it comes; other statuses throw as in `sendJson`. */
  readonly openStream: (request: StreamRequest) => Promise<HttpStream>;
  /** Closes idle sockets. */
  readonly close: () => void;
}
