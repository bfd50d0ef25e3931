import { createServer, type Server } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Failure } from '../errors/failure.ts';
import { createGuardedHttp, type GuardedHttpOptions, type GuardedResponse } from './guarded-client.ts';

// The server stands for everything private: whatever reaches it although it is not listed is a hole.
let server: Server;
let port: number;
let hits: string[] = [];

beforeAll(async () => {
  server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://x');
    hits.push(url.pathname);
    const location = url.searchParams.get('to');
    if (location !== null) return response.writeHead(302, { location }).end();
    if (url.pathname === '/loop') return response.writeHead(301, { location: '/loop' }).end();
    if (url.pathname === '/image') return response.writeHead(200, { 'content-type': 'image/png' }).end('PNG');
    if (url.pathname === '/huge') return response.writeHead(200, { 'content-type': 'text/html' }).end('x'.repeat(9000));
    if (url.pathname === '/hang') return undefined;
    if (url.pathname === '/gone') return response.writeHead(404, { 'content-type': 'text/html' }).end('<p>gone</p>');
    return response.writeHead(200, { 'content-type': 'Text/HTML; charset="ISO-8859-1"' }).end('<p>page</p>');
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const address = server.address();
  port = typeof address === 'object' && address !== null ? address.port : 0;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  hits = [];
});

const get = async (url: string, options: Partial<GuardedHttpOptions> = {}): Promise<GuardedResponse> => {
  const http = createGuardedHttp({ allowHosts: [`127.0.0.1:${port}`], userAgent: 'Parley/1', ...options });
  try {
    return await http.get({ url, mimeTypes: ['text/html'] });
  } finally {
    http.close();
  }
};
const codeOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'nothing was thrown',
    (thrown: unknown) => (thrown instanceof Failure ? thrown.code : thrown),
  );
const local = (path: string): string => `http://127.0.0.1:${port}${path}`;

describe('a listed address', () => {
  test('is fetched, its redirects followed, type and charset read', async () => {
    const response = await get(local('/start?to=/page'));
    expect(response).toMatchObject({ url: local('/page'), status: 200, mimeType: 'text/html', charset: 'iso-8859-1' });
    expect(Buffer.from(response.body).toString()).toBe('<p>page</p>');
  });

  test('that answers an error is an answer without a body', async () => {
    expect(await get(local('/gone'))).toMatchObject({ status: 404, body: new Uint8Array() });
  });

  test.each([
    ['/image', 'unsupported_media_type'],
    ['/loop', 'page_unavailable'],
    ['/huge', 'page_unavailable'],
    ['/hang', 'page_unavailable'],
    [`/start?to=${encodeURIComponent('http://')}`, 'page_unavailable'],
  ])('%s throws %s', async (path, code) => {
    expect(await codeOf(get(local(path), { responseBytesMax: 5000, timeoutMs: 300 }))).toBe(code);
  });

  test('stops after five redirects', async () => {
    await codeOf(get(local('/loop')));
    expect(hits).toHaveLength(6);
  });
});

describe('nothing reaches a private server', () => {
  test('by its address, when it is not listed', async () => {
    expect(await codeOf(get(local('/page'), { allowHosts: [] }))).toBe('url_refused');
    expect(hits).toEqual([]);
  });

  test.each(['http://localhost:PORT/x', 'http://[::ffff:127.0.0.1]:PORT/x', 'http://169.254.169.254/', 'file:///etc'])(
    'by a redirect to %s',
    async (target) => {
      const to = encodeURIComponent(target.replace('PORT', String(port)));
      expect(await codeOf(get(local(`/start?to=${to}`)))).toBe('url_refused');
      expect(hits).toEqual(['/start']);
    },
  );

  test('by a public name that answers a private address when the socket opens', async () => {
    const resolveAll = async () => [{ address: '127.0.0.1', family: 4 }];
    expect(await codeOf(get('http://rebind.example.com/', { resolveAll }))).toBe('url_refused');
    expect(hits).toEqual([]);
  });

  test('by one private address among public ones', async () => {
    const resolveAll = async () => [
      { address: '8.8.8.8', family: 4 },
      { address: '127.0.0.1', family: 4 },
    ];
    expect(await codeOf(get('http://rebind.example.com/', { resolveAll }))).toBe('url_refused');
  });
});

test('a name that does not exist is a page that cannot be fetched', async () => {
  const resolveAll = async () => [];
  expect(await codeOf(get('http://nowhere.example.com/', { resolveAll }))).toBe('page_unavailable');
});
