import type { Agent as HttpAgent } from 'node:http';
import type { Agent as HttpsAgent } from 'node:https';
import type { LookupFunction } from 'node:net';
import { once } from 'node:events';
// got 15 and later need Node 22: stay on 14 while Node 20 is supported.
import got, { type Request } from 'got';

export type HttpHeaders = Readonly<Record<string, string>>;

export interface Agents {
  readonly http: HttpAgent;
  readonly https: HttpsAgent;
}

export interface ExchangeRequest {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly url: string;
  readonly headers: HttpHeaders;
  readonly body: string | Uint8Array | undefined;
  /** Time for the name, for TCP and for TLS, each. */
  readonly connectMs: number;
  /** Time from the sent request to the head of the answer. */
  readonly responseMs: number;
  readonly agents: Agents;
  readonly lookup?: LookupFunction | undefined;
  readonly signal: AbortSignal;
}

/** The head of an answer whose body is still to be read, once. */
export interface Exchange {
  readonly status: number;
  readonly headers: HttpHeaders;
  /** The decompressed body; throws on a reset, a truncated body and on the first byte over `bytesMax`. */
  readonly chunks: (bytesMax: number) => AsyncIterable<Uint8Array>;
  /** Closes the socket, so that the other side stops at once. */
  readonly discard: () => void;
  /** For a body whose rest does not matter: the socket is kept for the next call when the end is near, else closed. */
  readonly release: () => void;
}

/**
 * One request and the head of its answer: no redirect is followed, nothing is retried, no status is an error.
 * Throws what the network throws; who calls turns that into a Failure. The caller reads the body or discards it.
 */
export const openExchange = async (request: ExchangeRequest): Promise<Exchange> => {
  const stream = startRequest(request);
  // Errors that come after the last reader left must not end the process.
  stream.on('error', () => undefined);
  try {
    await once(stream, 'response', { signal: request.signal });
  } catch (thrown) {
    stream.destroy();
    throw thrown;
  }
  const response = stream.response;
  if (response === undefined) throw new Error('an answer without a head');
  return {
    status: response.statusCode,
    headers: singleHeaders(response.headers),
    chunks: (bytesMax) => boundedChunks(stream, bytesMax),
    discard: () => stream.destroy(),
    release: () => release(stream),
  };
};

// An answer's last bytes are on their way when its reader leaves; a socket saved is a handshake saved.
const releaseMs = 100;

const release = (stream: Request): void => {
  if (stream.destroyed || stream.readableEnded) return;
  const timer = setTimeout(() => stream.destroy(), releaseMs);
  stream.once('close', () => clearTimeout(timer));
  stream.resume();
};

/** All chunks as one array; the bound of the chunks is its bound. */
export const collect = async (chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> => {
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks) parts.push(chunk);
  return Buffer.concat(parts);
};

const startRequest = (request: ExchangeRequest): Request =>
  got.stream(request.url, {
    method: request.method,
    headers: { ...request.headers },
    // Without a body got waits for one to be written into the stream.
    ...(request.method === 'GET' || request.method === 'HEAD' ? {} : { body: bodyOf(request.body) }),
    agent: request.agents,
    followRedirect: false,
    throwHttpErrors: false,
    retry: { limit: 0 },
    decompress: true,
    timeout: {
      lookup: request.connectMs,
      connect: request.connectMs,
      secureConnect: request.connectMs,
      response: request.responseMs,
    },
    signal: request.signal,
    ...(request.lookup === undefined ? {} : { dnsLookup: request.lookup }),
  });

const bodyOf = (body: string | Uint8Array | undefined): string | Buffer =>
  body instanceof Uint8Array ? Buffer.from(body.buffer, body.byteOffset, body.byteLength) : (body ?? '');

async function* boundedChunks(stream: Request, bytesMax: number): AsyncGenerator<Uint8Array> {
  const announced = Number(stream.response?.headers['content-length'] ?? 0);
  if (announced > bytesMax) {
    stream.destroy();
    throw tooLarge(bytesMax);
  }
  let received = 0;
  const chunks: AsyncIterable<Uint8Array> = stream.iterator({ destroyOnReturn: false });
  for await (const chunk of chunks) {
    received += chunk.byteLength;
    if (received > bytesMax) {
      stream.destroy();
      throw tooLarge(bytesMax);
    }
    yield chunk;
  }
  if (stream.response?.complete === false) throw new Error('the body ended before its end');
}

const tooLarge = (bytesMax: number): Error => new Error(`the answer is over ${bytesMax} bytes`);

const singleHeaders = (headers: Readonly<Record<string, string | string[] | undefined>>): HttpHeaders => {
  const single: [string, string][] = [];
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) single.push([name, Array.isArray(value) ? value.join(', ') : value]);
  }
  return Object.fromEntries(single);
};
