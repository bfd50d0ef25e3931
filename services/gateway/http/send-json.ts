import type { ServerResponse } from 'node:http';

/** Answers with JSON and the status that is set (200 unless a handler chose another). Answers are never cached. */
export const sendJson = (response: ServerResponse, value: unknown): void => {
  const body = JSON.stringify(value);
  response.writeHead(response.statusCode, {
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': Buffer.byteLength(body),
    'Cache-Control': 'no-store',
  });
  response.end(body);
};
