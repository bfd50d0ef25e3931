import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openPlatform, type TestPlatform } from '../../tests/support/platform.ts';
import { claimReplays } from './replay-rows.ts';

let platform: TestPlatform;
beforeEach(async () => {
  platform = await openPlatform();
});
afterEach(() => platform.close());

/** What a second request for the same replay does: it waits for the first, and finds nothing left to do. */
const lookAgain = (id: string, meanwhile: () => void) =>
  platform.database.transaction(async (tx) => {
    await tx.$executeRaw`select from dead_letters where id = ${id}::uuid for update`;
    meanwhile();
    await tx.$executeRaw`select pg_sleep(0.3)`;
  });

it('a replay that two have asked for at once is claimed at once, and by one', async () => {
  const id = randomUUID();
  await platform.sql(
    `insert into dead_letters (id, owner, consumer, msg_key, is_readable, subject, message, reason, attempts, state)
     values ($1, 'memory', 'c', 'k', true, 'evt.x', '{}', 'internal', 1, 'requested')`,
    [id],
  );
  const claim = () =>
    platform.database.run((client) => claimReplays(client, { owner: 'memory', leaseMs: 60_000, limit: 1 }));
  const claims: ReturnType<typeof claim>[] = [];
  await lookAgain(id, () => claims.push(claim(), claim()));
  expect((await Promise.all(claims)).flat()).toHaveLength(1);
});
