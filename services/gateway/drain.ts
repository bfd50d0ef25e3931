import type { Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { GatewayConfig } from './config.ts';
import type { OpenStreams } from './streaming/open-streams.ts';

/** Ends a server without losing a request; resolves when its last connection is closed. */
export type Drain = (times: GatewayConfig['drain']) => Promise<void>;

/**
 * How long a connection may be idle before a drain closes it. A request may be on its way already, and who uses a connection
 * again within that time is told by `Connection: close` to take another; browsers open some ahead of need and use them never.
 */
const idleMs = 500;
const sweepMs = 50;

/**
 * To be made before the app listens, so that it sees each request first. A drain goes on accepting for `delayMs`, then takes
 * no new connections and sends live streams elsewhere; answers may end until `timeoutMs`.
 */
export const createDrain = (server: Server, streams: OpenStreams): Drain => {
  const connections = watchConnections(server);
  return async ({ delayMs, timeoutMs }) => {
    const cutAt = performance.now() + timeoutMs;
    connections.closeAfterAnswer();
    if (delayMs > 0) await new Promise((resolve) => setTimeout(resolve, delayMs));
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    streams.leaveAll('live');
    const late = setTimeout(() => {
      streams.leaveAll('answer');
      setTimeout(() => server.closeAllConnections(), 100);
    }, cutAt - performance.now());
    const sweep = setInterval(connections.closeIdle, sweepMs);
    await closed;
    clearTimeout(late);
    clearInterval(sweep);
  };
};

interface Connection {
  readonly running: Set<ServerResponse>;
  idleSince: number;
}

const watchConnections = (server: Server) => {
  const open = new Map<Socket, Connection>();
  let isLeaving = false;
  server.on('connection', (socket: Socket) => {
    open.set(socket, { running: new Set(), idleSince: performance.now() });
    socket.once('close', () => open.delete(socket));
  });
  server.on('request', ({ socket }, response) => {
    if (isLeaving) response.setHeader('Connection', 'close');
    const connection = open.get(socket);
    if (connection === undefined) return;
    connection.running.add(response);
    response.once('close', () => {
      connection.running.delete(response);
      connection.idleSince = performance.now();
    });
  });
  return {
    closeAfterAnswer: (): void => {
      isLeaving = true;
      for (const { running } of open.values()) {
        for (const response of running) if (!response.headersSent) response.setHeader('Connection', 'close');
      }
    },
    // Node's own `closeIdleConnections` spares connections that never sent a request: they would hold up every stop.
    closeIdle: (): void => {
      for (const [socket, { running, idleSince }] of open) {
        if (running.size === 0 && performance.now() - idleSince > idleMs) socket.destroy();
      }
    },
  };
};
