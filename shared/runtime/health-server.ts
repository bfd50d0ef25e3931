import { createServer } from 'node:http';
import { metrics } from '../telemetry/metrics.ts';
import type { Running } from './platform.ts';
import type { Readiness } from './readiness.ts';

/** `/health/live`, `/health/ready` and `/metrics` of one process, for probes; the gateway serves the same to the outside. */
export const startHealthServer = async (port: number, ready: () => Promise<Readiness>): Promise<Running> => {
  const server = createServer((request, response) => {
    const answer = async (): Promise<void> => {
      if (request.url === '/health/live') {
        response.writeHead(200, { 'content-type': 'application/json' }).end('{"status":"live"}');
      } else if (request.url === '/health/ready') {
        const state = await ready();
        response.writeHead(state.ready ? 200 : 503, { 'content-type': 'application/json' }).end(JSON.stringify(state));
      } else if (request.url === '/metrics') {
        response.writeHead(200, { 'content-type': metrics.contentType }).end(await metrics.metrics());
      } else {
        response.writeHead(404).end();
      }
    };
    answer().catch(() => response.writeHead(500).end());
  });
  server.requestTimeout = 5_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, resolve);
  });
  return {
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};
