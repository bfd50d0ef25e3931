import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createHttp } from '../../shared/http/client.ts';
import { createOutsideSystem } from '../../shared/http/outside-system.ts';
import { systemClock } from '../../shared/runtime/clock.ts';
import { createMemoriClient } from './client.ts';

let status = 500;
let headers: Record<string, string> = {};
let asked = 0;
const server = createServer((_, response) => {
  asked += 1;
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end('{"valid":true}');
});
let url: string;
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  url = `http://127.0.0.1:${port}`;
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

const validating = () => {
  const unavailableCode = 'memory_unavailable';
  const http = createHttp({ unavailableCode });
  const memori = createOutsideSystem({
    name: 'memori',
    unavailableCode,
    callsMax: 4,
    restMs: 10_000,
    clock: systemClock,
  });
  const client = createMemoriClient({
    http,
    memori,
    baseUrl: url,
    validateUrl: url,
    sendTimeoutMs: 1_000,
    validateTimeoutMs: 1_000,
  });
  asked = 0;
  return {
    validate: () => client.validateKey('key'),
    close: () => {
      http.close();
      memori.close();
    },
  };
};

test.each([
  ['that answers 500 is asked five times', 500, {}, 5],
  ['that says when to come back is asked once', 429, { 'retry-after': '30' }, 1],
])('a validator %s, and then rests', async (_, answered, told, times) => {
  status = answered;
  headers = told;
  const { validate, close } = validating();
  for (let time = 0; time < 10; time += 1) expect(await validate()).toBe('unverified');
  expect(asked).toBe(times);
  close();
});

test('a refused key is an answer, however many there are', async () => {
  status = 401;
  headers = {};
  const { validate, close } = validating();
  for (let time = 0; time < 10; time += 1) expect(await validate()).toBe('invalid');
  status = 200;
  expect(await validate()).toBe('valid');
  close();
});
