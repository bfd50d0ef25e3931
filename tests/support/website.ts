import { createServer } from 'node:http';

export interface Website {
  /** `host:port`, as `CRAWL_ALLOW_HOSTS` wants it. */
  readonly host: string;
  readonly url: string;
  /** Paths asked for, in order. */
  readonly hits: () => readonly string[];
  /** Connections opened, asked anything or not. */
  readonly connections: () => number;
  readonly stop: () => Promise<void>;
}

/** A site on this machine: HTML by path, 404 for the rest. */
export const startWebsite = async (pages: (url: string) => Readonly<Record<string, string>>): Promise<Website> => {
  const hits: string[] = [];
  let connections = 0;
  const server = createServer((request, response) => {
    const path = request.url ?? '/';
    hits.push(path);
    const html = pages(url)[path];
    if (html === undefined) response.writeHead(404, { 'content-type': 'text/html' }).end('<p>gone</p>');
    else response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(html);
  });
  server.on('connection', () => (connections += 1));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const host = `127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
  const url = `http://${host}`;
  return {
    host,
    url,
    hits: () => hits,
    connections: () => connections,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};
