import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { Failure } from '../errors/failure.ts';
import { createHttp } from './client.ts';
import type { Http, HttpOptions, HttpRequest } from './contract.ts';
import { parseSse } from './sse.ts';
import { upstreamStatusOf } from './status.ts';

type Route = (request: IncomingMessage, response: ServerResponse) => void;
const json = (response: ServerResponse, status: number, body: string, headers: Record<string, string> = {}) =>
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body);

let streamClosed: () => void = () => undefined;
const nextStreamClosed = (): Promise<void> =>
  new Promise((resolve) => {
    streamClosed = resolve;
  });

const routes: Record<string, Route> = {
  '/ok': (_, response) => json(response, 200, '{"name":"parley","extra":1}'),
  '/hang': () => undefined,
  '/head-then-hang': (_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).write('{');
  },
  '/reset': (request) => request.socket.destroy(),
  '/slow': (_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    const timer = setInterval(() => response.write(' '), 50);
    response.on('close', () => clearInterval(timer));
  },
  '/bomb': (_, response) =>
    response
      .writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' })
      .end(gzipSync(Buffer.alloc(50_000_000))),
  '/huge': (_, response) => response.writeHead(200, { 'content-length': '60000000' }).write('x'),
  '/html': (_, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>Welcome</h1>'),
  '/half-json': (_, response) => json(response, 200, '{"name":"par'),
  '/truncated': (_, response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' });
    response.write('{"name":"p"}', () => response.destroy());
  },
  '/cut-gzip': (_, response) => {
    const whole = gzipSync(JSON.stringify({ name: 'parley' }));
    response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' });
    response.end(whole.subarray(0, whole.length - 9));
  },
  '/redirect': (_, response) => response.writeHead(302, { location: '/ok' }).end(),
  '/busy': (_, response) => json(response, 429, '{}', { 'retry-after': '5' }),
  '/busy-until': (_, response) =>
    json(response, 503, '{}', { 'retry-after': new Date(1_700_000_060_000).toUTCString() }),
  '/busy-for-ever': (_, response) => json(response, 503, '{}', { 'retry-after': '999999' }),
  '/denied': (_, response) => json(response, 401, '{"id":"unauthorized"}'),
  '/gone': (_, response) => json(response, 404, '{"id":"not_found"}'),
  '/invalid': (_, response) => json(response, 422, '{"message":"name is taken"}'),
  '/broken': (_, response) => json(response, 500, 'oops'),
  '/empty': (_, response) => response.writeHead(204).end(),
  '/echo': (request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const body = Buffer.concat(parts).toString();
      json(response, 200, JSON.stringify({ method: request.method, headers: request.headers, body }));
    });
  },
  '/events': (_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.end('event: token\ndata: Hello\n\ndata: [DONE]\n\n');
  },
  '/endless-events': (_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    const timer = setInterval(() => response.write(`data: ${'x'.repeat(1000)}\n\n`), 5);
    response.on('close', () => {
      clearInterval(timer);
      streamClosed();
    });
  },
  '/silent-events': (_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: 1\n\n');
    response.on('close', () => streamClosed());
  },
};

let server: Server;
let base: string;
beforeAll(async () => {
  server = createServer((request, response) => {
    const route = routes[new URL(request.url ?? '/', 'http://x').pathname];
    if (route === undefined) response.writeHead(404).end();
    else route(request, response);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const address = server.address();
  base = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const withHttp = async <T>(use: (http: Http) => Promise<T>, options: Partial<HttpOptions> = {}): Promise<T> => {
  const http = createHttp({
    unavailableCode: 'cloud_unavailable',
    refusedCode: 'cloud_refused',
    credentialCode: 'cloud_credential_invalid',
    clock: { now: () => 1_700_000_000_000 },
    ...options,
  });
  try {
    return await use(http);
  } finally {
    http.close();
  }
};
const all = async <T>(items: AsyncIterable<T>): Promise<T[]> => {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
};
const named = z.object({ name: z.string() });
const failureOf = async (work: Promise<unknown>): Promise<Failure> => {
  const thrown: unknown = await work.then(
    () => new Error('nothing was thrown'),
    (reason: unknown) => reason,
  );
  if (thrown instanceof Failure) return thrown;
  throw thrown;
};
const callJson = (path: string, request: Partial<HttpRequest> = {}, options: Partial<HttpOptions> = {}) =>
  withHttp((http) => http.sendJson({ url: base + path, timeoutMs: 400, ...request }, named), options);

describe('an answer', () => {
  test('of the expected shape is parsed, and fields nobody asked for are dropped', async () => {
    expect(await callJson('/ok')).toEqual({ name: 'parley' });
  });

  test('of any status is an answer to send, redirects included and unfollowed', async () => {
    const statuses = await withHttp((http) =>
      Promise.all(['/redirect', '/gone', '/broken'].map((path) => http.send({ url: base + path }))),
    );
    expect(statuses.map((response) => response.status)).toEqual([302, 404, 500]);
  });

  test('without a body is undefined', async () => {
    const value = await withHttp((http) => http.sendJson({ method: 'DELETE', url: `${base}/empty` }, named.optional()));
    expect(value).toBeUndefined();
  });
});

describe('a request', () => {
  const echoed = z.object({ method: z.string(), headers: z.record(z.string(), z.string()), body: z.string() });
  const echo = (request: Partial<HttpRequest>) =>
    withHttp((http) => http.sendJson({ url: `${base}/echo`, ...request }, echoed), { userAgent: 'Parley/1' });

  test('carries JSON, headers and the user agent', async () => {
    const seen = await echo({ method: 'POST', json: { a: 1 }, headers: { authorization: 'Bearer x' } });
    expect(seen).toMatchObject({ method: 'POST', body: '{"a":1}' });
    expect(seen.headers).toMatchObject({
      'content-type': 'application/json',
      authorization: 'Bearer x',
      'user-agent': 'Parley/1',
    });
  });

  test('carries bytes as they are', async () => {
    expect(await echo({ method: 'PUT', body: new Uint8Array([104, 105]) })).toMatchObject({ body: 'hi' });
  });

  test('with a method that takes a body goes out without one', async () => {
    expect(await echo({ method: 'POST' })).toMatchObject({ method: 'POST', body: '' });
  });
});

describe('an upstream that misbehaves is unavailable, and soon:', () => {
  test.each([
    ['/hang', 'does not answer'],
    ['/head-then-hang', 'stops after the head'],
    ['/reset', 'resets the connection'],
    ['/slow', 'sends a byte now and then'],
    ['/bomb', 'sends a gzip bomb'],
    ['/huge', 'announces a huge body'],
    ['/html', 'answers HTML'],
    ['/half-json', 'answers half a JSON value'],
    ['/truncated', 'closes before the announced length'],
    ['/cut-gzip', 'cuts the compressed body'],
    ['/redirect', 'redirects'],
    ['/broken', 'answers 500'],
    ['/empty', 'answers nothing where something was due'],
  ])('%s (%s)', async (path) => {
    const started = performance.now();
    expect(await failureOf(callJson(path))).toMatchObject({ code: 'cloud_unavailable' });
    expect(performance.now() - started).toBeLessThan(2_000);
  });

  test('nobody listens', async () => {
    const call = withHttp((http) => http.send({ url: 'http://127.0.0.1:1/', timeoutMs: 1_000 }));
    expect(await failureOf(call)).toMatchObject({ code: 'cloud_unavailable' });
  });

  test('its own words are kept only where the log may have them', async () => {
    expect(String((await failureOf(callJson('/broken'))).cause)).toBe('Error: answered 500');
    const kept = await failureOf(callJson('/broken', {}, { keepsRefusalWords: true }));
    expect(String(kept.cause)).toBe('Error: answered 500 oops');
  });

  test('the cause tells what happened and never a credential', async () => {
    const failure = await failureOf(callJson('/reset', { headers: { authorization: 'Bearer s3cret' } }));
    expect(String(failure.cause)).toContain('socket hang up');
    expect(JSON.stringify(failure.cause, Object.getOwnPropertyNames(failure.cause))).not.toContain('s3cret');
  });
});

describe('a refusal', () => {
  test.each([
    ['/denied', 'cloud_credential_invalid', 401],
    ['/gone', 'cloud_refused', 404],
    ['/invalid', 'cloud_refused', 422],
    ['/busy', 'cloud_unavailable', 429],
  ])('%s is %s and its status stays readable', async (path, code, status) => {
    const failure = await failureOf(callJson(path));
    expect(failure).toMatchObject({ code });
    expect(upstreamStatusOf(failure)).toBe(status);
  });

  test('can be named by status', async () => {
    const failure = await failureOf(callJson('/gone', { codeByStatus: { 404: 'document_unknown' } }));
    expect(failure.code).toBe('document_unknown');
  });

  test.each([
    ['/busy', 5_000],
    ['/busy-until', 60_000],
    ['/busy-for-ever', 3_600_000],
  ])('%s says when to come back', async (path, retryAfterMs) => {
    expect(await failureOf(callJson(path))).toMatchObject({ retryAfterMs });
  });
});

describe('the caller', () => {
  test('can give up, and the call ends at once', async () => {
    const leaving = new AbortController();
    const call = callJson('/hang', { timeoutMs: 20_000, signal: leaving.signal });
    leaving.abort();
    expect(await failureOf(call)).toMatchObject({ code: 'cloud_unavailable' });
  });

  test('who gave up before the call sends nothing', async () => {
    expect(await failureOf(callJson('/ok', { signal: AbortSignal.abort() }))).toMatchObject({
      code: 'cloud_unavailable',
    });
  });

  test('waits for a socket no longer than its own time when the bulkhead is full', async () => {
    await withHttp(
      async (http) => {
        const stuck = failureOf(http.send({ url: `${base}/hang`, timeoutMs: 900 }));
        expect(await failureOf(http.send({ url: `${base}/ok`, timeoutMs: 200 }))).toMatchObject({
          code: 'cloud_unavailable',
        });
        await stuck;
        expect(await http.send({ url: `${base}/ok`, timeoutMs: 900 })).toMatchObject({ status: 200 });
      },
      { socketsMax: 1 },
    );
  });
});

describe('a stream', () => {
  test('gives events as they come', async () => {
    const events = await withHttp(async (http) => {
      const stream = await http.openStream({ url: `${base}/events` });
      return all(parseSse(stream.chunks));
    });
    expect(events).toEqual([
      { event: 'token', id: '', data: 'Hello' },
      { event: 'message', id: '', data: '[DONE]' },
    ]);
  });

  test('over its bytes ends as unavailable and closes the socket', async () => {
    const socketClosed = nextStreamClosed();
    const failure = await withHttp(async (http) => {
      const stream = await http.openStream({ url: `${base}/endless-events`, responseBytesMax: 5_000 });
      return failureOf(all(stream.chunks));
    });
    expect(failure.code).toBe('cloud_unavailable');
    await socketClosed;
  });

  test('that falls silent ends as unavailable', async () => {
    const failure = await withHttp(async (http) => {
      const stream = await http.openStream({ url: `${base}/silent-events`, idleMs: 100 });
      return failureOf(all(stream.chunks));
    });
    expect(failure.code).toBe('cloud_unavailable');
    expect(String(failure.cause)).toContain('100 ms');
  });

  test('is not silent while its reader is slow', async () => {
    const read = await withHttp(async (http) => {
      const stream = await http.openStream({ url: `${base}/endless-events`, idleMs: 60 });
      let chunks = 0;
      for await (const chunk of stream.chunks) {
        chunks += chunk.byteLength > 0 ? 1 : 0;
        if (chunks === 3) break;
        await new Promise((resume) => setTimeout(resume, 120));
      }
      return chunks;
    });
    expect(read).toBe(3);
  });

  test('closes upstream when the reader leaves or aborts', async () => {
    for (const leave of ['break', 'abort']) {
      const socketClosed = nextStreamClosed();
      await withHttp(async (http) => {
        const leaving = new AbortController();
        const stream = await http.openStream({ url: `${base}/silent-events`, signal: leaving.signal });
        const reading = (async () => {
          for await (const chunk of stream.chunks) {
            if (leave === 'break' && chunk.byteLength > 0) break;
            leaving.abort();
          }
        })();
        await reading.catch(() => undefined);
        await socketClosed;
      });
    }
  });

  test('answered with an error is that error', async () => {
    const failure = await withHttp((http) => failureOf(http.openStream({ url: `${base}/busy` })));
    expect(failure).toMatchObject({ code: 'cloud_unavailable', retryAfterMs: 5_000 });
  });
});
