import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { getConversation } from '../../shared/contracts/chat.ts';
import { problem } from '../../shared/contracts/http/problem.ts';
import { isCode } from '../../shared/errors/codes.ts';
import { Failure } from '../../shared/errors/failure.ts';
import { admin, badRequests, key } from './testing/bad-requests.ts';
import { acmeId, acmeKey } from './testing/builders.ts';
import { script, scriptTwoDomains } from './testing/scripted.ts';
import { send, sendRaw, type Reply } from './testing/send.ts';
import { startTestGateway, type TestGateway } from './testing/start.ts';

describe('bad input', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startTestGateway({ UPLOAD_BYTES_MAX: '200000' });
    await scriptTwoDomains(gateway.bus);
    await script(gateway.bus, getConversation, () => {
      throw new Failure('session_unknown');
    });
  });
  afterAll(() => gateway.stop());

  it.each(badRequests)('%s is refused with a code', async (_what, { path, ...init }, status, code) => {
    const reply = await send(gateway, path, init);
    expect([reply.status, reply.json.code]).toEqual([status, code]);
    expectProblem(reply);
  });

  it('covers at least 80 cases, all of them with a code of the table', () => {
    expect(badRequests.length).toBeGreaterThanOrEqual(80);
    expect(badRequests.every(([, , status, code]) => status >= 400 && status < 500 && isCode(code))).toBe(true);
  });

  it('leaves no stored body behind and breaks nothing', async () => {
    await expect.poll(() => gateway.blobs.kept.size).toBe(0);
    expect(gateway.log.filter((line) => line.includes('"level":50'))).toEqual([]);
  });

  it('names what a path takes when the method is wrong', async () => {
    const reply = await send(gateway, `/domains/${acmeId}`, { method: 'POST', headers: admin, body: {} });
    expect(reply.status).toBe(405);
    expect(reply.headers.get('allow')).toBe('GET, PATCH, DELETE, HEAD, OPTIONS');
  });

  it('lists each wrong field with words', async () => {
    const reply = await send(gateway, '/ask', { headers: key, body: { question: 1 } });
    expect(reply.json.errors.map(({ path }) => path).sort()).toEqual(['body.question', 'body.session_id']);
  });

  it('on the inherited knowledge routes says success: false and a message', async () => {
    const reply = await send(gateway, '/knowledge/upload/text', { headers: key, body: {} });
    expect(reply.json).toMatchObject({
      success: false,
      message: expect.any(String) as unknown,
      code: 'invalid_request',
    });
  });

  it.each([
    ['bytes that are not HTTP', 'hello\r\n\r\n', 400, 'invalid_request'],
    ['no Host', 'GET / HTTP/1.1\r\n\r\n', 400, undefined],
    [
      'two lengths',
      'POST /ask HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx',
      400,
      'invalid_request',
    ],
    [
      'a length and chunks',
      'POST /ask HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      400,
      'invalid_request',
    ],
    ['a header of 20 KiB', `GET / HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`, 431, 'headers_too_large'],
    [
      'a broken chunk',
      `POST /ask HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${acmeKey}\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n`,
      400,
      'invalid_request',
    ],
  ])('%s are refused at the socket', async (_what, bytes, status, code) => {
    const reply = await sendRaw(gateway, bytes);
    expect(reply).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    if (code !== undefined) expect(reply).toContain(`"code":"${code}"`);
  });

  it('an unknown expectation is no reason to refuse', async () => {
    const request = 'GET /health/live HTTP/1.1\r\nHost: a\r\nExpect: 200-ok\r\nConnection: close\r\n\r\n';
    expect(await sendRaw(gateway, request)).toMatch(/^HTTP\/1.1 200 /);
  });
});

const expectProblem = (reply: Reply): void => {
  expect(reply.headers.get('content-type')).toBe('application/problem+json');
  expect(reply.headers.get('x-request-id')).toBeTruthy();
  expect(reply.headers.get('traceparent')).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-0[01]$/);
  const told = problem.parse(reply.json);
  expect(told.status).toBe(reply.status);
  expect(told.request_id).toBe(reply.headers.get('x-request-id'));
  expect(reply.text).not.toMatch(/at .+\.ts:\d+|node_modules|ZodError/);
};
