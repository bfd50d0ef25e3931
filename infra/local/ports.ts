import { createServer } from 'node:net';

/** A port of 127.0.0.1 that nobody has: `preferred` where it is free. */
export const freePort = async (preferred?: number): Promise<number> => {
  if (preferred !== undefined && (await tryPort(preferred, '127.0.0.1')) === 'free') return preferred;
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => {
        if (address !== null && typeof address === 'object') resolve(address.port);
      });
    });
  });
};

/** Whether one could listen there now; without a host on all addresses, as the gateway does. */
export const tryPort = (port: number, host?: string): Promise<'free' | 'taken' | 'forbidden'> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code === 'EACCES' ? 'forbidden' : 'taken'));
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve('free')));
  });
