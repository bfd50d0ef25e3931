import { pino } from 'pino';
import { expect, test } from 'vitest';
import { createDatabase as createTestDatabase } from '../../tests/support/servers.ts';
import { createDatabase } from '../db/client.ts';
import { installationTagOf } from './installation.ts';

test('an installation has one tag, the same for every process, within what the cloud takes as a tag', async () => {
  const { url, drop } = await createTestDatabase();
  const database = createDatabase({ url, poolMax: 2, logger: pino({ level: 'silent' }) });
  const [mine, another] = await Promise.all([installationTagOf(database)(), installationTagOf(database)()]);
  expect(mine).toMatch(/^parley-[0-9a-f]{12}$/);
  expect(another).toBe(mine);
  await database.close();
  await drop();
});
