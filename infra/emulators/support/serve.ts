import type { Express } from 'express';
import { createServer } from 'node:http';

export interface Listening {
  readonly url: string;
  readonly port: number;
  /** Closes the port and every open connection. */
  stop: () => Promise<void>;
}

/** Listens on a port, 0 for any free one. Rejects when the port is taken. */
export const serve = (
  app: Express,
  { port, host }: { readonly port: number; readonly host: string },
): Promise<Listening> =>
  new Promise((resolve, reject) => {
    const server = createServer(app);
    server.once('error', reject);
    server.listen(port, host, () => {
      const address = server.address();
      const bound = typeof address === 'object' && address !== null ? address.port : port;
      resolve({
        url: `http://${host === '0.0.0.0' ? '127.0.0.1' : host}:${bound.toString()}`,
        port: bound,
        stop: () =>
          new Promise((stopped) => {
            server.close(() => stopped());
            server.closeAllConnections();
          }),
      });
    });
  });
