import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDatabase, type TestDatabase } from '../../tests/support/servers.ts';
import { systemClock } from '../runtime/clock.ts';
import { listen } from './listen.ts';

let database: TestDatabase;
let other: Client;

beforeAll(async () => {
  database = await createDatabase();
  other = new Client({ connectionString: database.url });
  await other.connect();
});

afterAll(async () => {
  await other.end();
  await database.drop();
});

test('notifications are heard again after the connection was cut', async () => {
  const heard: string[] = [];
  let listening = 0;
  const listener = listen({
    url: database.url,
    channels: ['wake'],
    clock: systemClock,
    applicationName: 'listen-test',
    onNotification: (channel, payload) => heard.push(`${channel} ${payload}`),
    onListening: () => {
      listening += 1;
    },
  });
  await expect.poll(() => listening, { timeout: 5_000 }).toBe(1);
  await other.query(`select pg_notify('wake', 'one')`);
  await expect.poll(() => heard, { timeout: 5_000 }).toEqual(['wake one']);

  await other.query(`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'listen-test'`);
  await expect.poll(() => listening, { timeout: 5_000 }).toBe(2);
  await other.query(`select pg_notify('wake', 'two')`);
  await expect.poll(() => heard, { timeout: 5_000 }).toEqual(['wake one', 'wake two']);

  await listener.stop();
  const { rows } = await other.query(`select 1 from pg_stat_activity where application_name = 'listen-test'`);
  expect(rows).toEqual([]);
});
