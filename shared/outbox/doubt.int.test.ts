import { afterEach, beforeEach, expect, it } from 'vitest';
import { z } from 'zod';
import { openDoubtfulProxy, type DoubtfulProxy } from '../../tests/support/doubtful-proxy.ts';
import { openPlatform, type TestPlatform } from '../../tests/support/platform.ts';
import { createDatabase, type Database } from '../db/client.ts';
import { startMessaging, type Messaging } from './messaging.ts';

let platform: TestPlatform;
let proxy: DoubtfulProxy;
let database: Database;
let messaging: Messaging;
beforeEach(async () => {
  platform = await openPlatform();
  proxy = await openDoubtfulProxy(platform.databaseUrl);
  database = createDatabase({ url: proxy.url, poolMax: 4, logger: platform.logger });
  messaging = await startMessaging({ ...platform, database }, 'memory');
});
afterEach(async () => {
  await messaging.stop();
  await database.close();
  await proxy.close();
  await platform.close();
});

const id = '00000000-0000-4000-8000-000000000001';
const output = z.object({ made: z.number() });
let made = 0;
const create = (key: string | undefined) =>
  messaging.once(
    { scope: 'admin', idempotency: key === undefined ? undefined : { key, request_hash: 'a'.repeat(64) } },
    output,
    async (tx) => {
      made += 1;
      await tx.$executeRaw`insert into inbox (consumer, msg_id) values ('doubt', ${id}::uuid)`;
      return { made };
    },
  );

it('a commit that happened though its answer was lost gives its own answer, and happened once', async () => {
  made = 0;
  proxy.loseNextCommit();
  expect(await create('one')).toEqual({ made: 1 });
  expect(await create('one')).toEqual({ made: 1 });
  expect(await platform.sql(`select 1 from inbox where consumer = 'doubt'`)).toHaveLength(1);
});

it('without a key the doubt is told, and nothing is done twice', async () => {
  made = 0;
  proxy.loseNextCommit();
  await expect(create(undefined)).rejects.toMatchObject({ code: 'service_unavailable' });
  expect(made).toBe(1);
});
