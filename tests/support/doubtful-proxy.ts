import { connect, createServer, type AddressInfo } from 'node:net';

/** Stands before a PostgreSQL server and can lose the answer to a commit that was done. */
export interface DoubtfulProxy {
  /** The server's address, by way of the proxy. */
  readonly url: string;
  /** The next commit is done, and its connection breaks before anyone is told. */
  readonly loseNextCommit: () => void;
  readonly close: () => Promise<void>;
}

export const openDoubtfulProxy = async (url: string): Promise<DoubtfulProxy> => {
  const target = new URL(url);
  let isArmed = false;
  const server = createServer((client) => {
    const upstream = connect(Number(target.port || '5432'), target.hostname);
    let isDoomed = false;
    client.on('data', (chunk: Buffer) => {
      if (isArmed && chunk.includes('COMMIT')) {
        isArmed = false;
        isDoomed = true;
      }
      upstream.write(chunk);
    });
    // The server's answer shows that it is done.
    upstream.on('data', (chunk: Buffer) => (isDoomed ? client.destroy() : client.write(chunk)));
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      socket.on('error', () => undefined);
      socket.on('close', () => other.destroy());
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const proxied = new URL(url);
  proxied.port = String((server.address() as AddressInfo).port);
  return {
    url: proxied.href,
    loseNextCommit: () => {
      isArmed = true;
    },
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
};
