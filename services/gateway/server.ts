import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Socket } from 'node:net';
import { codes, type Code } from '../../shared/errors/codes.ts';
import { ConfigError } from '../../shared/runtime/config.ts';
import type { Clock } from '../../shared/runtime/clock.ts';
import type { GatewayConfig } from './config.ts';
import { createDrain, type Drain } from './drain.ts';
import type { OpenStreams } from './streaming/open-streams.ts';

export interface Listening {
  readonly port: number;
  readonly drain: Drain;
}

const headersTimeoutMs = 5_000;
const keepAliveTimeoutMs = 65_000;
const lingerMs = 2_000;
// Connections that the system holds until they are accepted. Node's 511 are full after half a second of a crowd's arrival,
// and who comes then is tried again by TCP seconds later. The system's own limit (net.core.somaxconn) may be lower.
const backlog = 4_096;

/** Listens with limits on everything a client can stretch: headers, bodies, idle time, connections. */
export const listen = async (
  app: RequestListener,
  { config, streams, clock }: { config: GatewayConfig; streams: OpenStreams; clock: Clock },
): Promise<Listening> => {
  const server = createServer({
    maxHeaderSize: 16_384,
    headersTimeout: headersTimeoutMs,
    // The last resort: bodies have shorter times of their own, whose end is answered in words.
    requestTimeout: config.uploadTimeoutMs + headersTimeoutMs,
    keepAliveTimeout: keepAliveTimeoutMs,
    connectionsCheckingInterval: 1_000,
  });
  server.maxConnections = config.connectionsMax;
  const drain = createDrain(server, streams);
  server.on('request', app);
  server.on('request', leaveUnfinished);
  // `Expect` is answered like any request: Node's own 417 has neither code nor request id.
  server.on('checkExpectation', app);
  server.on('clientError', (error: Error & { code?: string }, socket: Socket) => refuse(error, socket, clock));
  await start(server, config);
  return { port: portOf(server), drain };
};

/**
 * Whoever has the answer and still sends the body is heard for a moment, so that the answer is read, and then cut: nobody
 * waits for these bytes any more.
 */
const leaveUnfinished: RequestListener = (request, response) => {
  response.once('finish', () => {
    if (request.complete) return;
    setTimeout(() => {
      if (!request.complete) request.socket.destroy();
    }, lingerMs).unref();
  });
};

const start = (server: Server, { host, port }: GatewayConfig): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', (error: Error & { code?: string }) => {
      const isTaken = error.code === 'EADDRINUSE';
      reject(isTaken ? new ConfigError(`PORT: ${port.toString()} is in use; set PORT to a free one`) : error);
    });
    server.listen({ port, host, backlog }, resolve);
  });

const portOf = (server: Server): number => {
  const address: AddressInfo | string | null = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
};

/** Answers bytes that are not HTTP, or came too slowly, as the problem they are. */
const refuse = (error: Error & { code?: string }, socket: Socket, clock: Clock): void => {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const code = refusals[error.code ?? ''] ?? 'invalid_request';
  const { status, title } = codes[code];
  const requestId = clock.newId();
  const detail = code === 'invalid_request' ? 'The request is not valid HTTP' : title;
  const body = JSON.stringify({
    type: `/docs/errors#${code}`,
    title,
    status,
    detail,
    instance: requestId,
    code,
    request_id: requestId,
  });
  const hex = (): string => clock.newId().replaceAll('-', '');
  socket.end(
    [
      `HTTP/1.1 ${status.toString()} ${title}`,
      'Content-Type: application/problem+json',
      `Content-Length: ${Buffer.byteLength(body).toString()}`,
      'Cache-Control: no-store',
      'Connection: close',
      `X-Request-Id: ${requestId}`,
      `traceparent: 00-${hex()}-${hex().slice(0, 16)}-00`,
      '',
      body,
    ].join('\r\n'),
  );
};

const refusals: Readonly<Record<string, Code>> = {
  HPE_HEADER_OVERFLOW: 'headers_too_large',
  ERR_HTTP_REQUEST_TIMEOUT: 'request_timeout',
};
