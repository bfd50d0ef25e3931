import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDatabase as createTestDatabase } from '../../tests/support/servers.ts';
import { createDatabase, type Database } from '../db/client.ts';
import { systemClock } from '../runtime/clock.ts';
import { createControlPlane } from './control-plane.ts';
import { loadGradientSettings } from './settings.ts';

let answer: readonly [number, Record<string, string>] = [503, {}];
let asked = 0;
const server = createServer((_, response) => {
  asked += 1;
  response.writeHead(...answer).end();
});
let url: string;
let database: Database;
let drop: () => Promise<void>;
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  url = `http://127.0.0.1:${port}`;
  const created = await createTestDatabase();
  drop = created.drop;
  database = createDatabase({ url: created.url, poolMax: 2, logger: pino({ level: 'silent' }) });
});
afterAll(async () => {
  await new Promise((resolve) => server.close(resolve));
  await database.close();
  await drop();
});

test.each([
  ['out of order is asked five times', 503, {}, 5],
  ['that says when to come back is asked once', 429, { 'retry-after': '30' }, 1],
])('a storage %s, and then rests', async (_, status, headers, times) => {
  answer = [status, headers];
  asked = 0;
  const settings = loadGradientSettings({ NODE_ENV: 'test', GRADIENT_BASE_URL: url });
  const cloud = createControlPlane(settings, { owner: 'test', callsMax: 2, database, clock: systemClock });
  for (let time = 0; time < 10; time += 1) {
    await expect(cloud.http.send({ method: 'PUT', url })).rejects.toMatchObject({ code: 'cloud_unavailable' });
  }
  expect(asked).toBe(times);
  cloud.close();
});
