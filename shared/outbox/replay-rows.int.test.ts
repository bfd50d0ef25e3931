import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openPlatform, type TestPlatform } from '../../tests/support/platform.ts';
import { insertDeadLetter, requestReplay } from './dead-letters.ts';
import { claimReplays, deleteReplayed, endReplay, type ClaimedReplay } from './replay-rows.ts';

const owner = 'memory';
const id = randomUUID();
let platform: TestPlatform;
beforeEach(async () => {
  platform = await openPlatform();
  const letter = { envelope: undefined, text: 'words', subject: 'evt.test', reason: 'document_broken', attempts: 1 };
  await platform.database.run((client) => insertDeadLetter(client, { id, owner, consumer: 'memory:test', letter }));
  await platform.sql('update dead_letters set is_readable = true');
});
afterEach(() => platform.close());

const replay = async (leaseMs: number): Promise<ClaimedReplay> => {
  await platform.database.run((client) => requestReplay(client, owner, id));
  const [claimed] = await platform.database.run((client) => claimReplays(client, { owner, leaseMs, limit: 1 }));
  if (claimed === undefined) throw new Error('nothing to replay');
  return claimed;
};
const lapse = () => platform.database.run((client) => claimReplays(client, { owner, leaseMs: 1, limit: 1 }));
const states = () => platform.sql('select state, reason from dead_letters');

it('a replay that outlived its lease neither ends nor deletes the one after it', async () => {
  const slow = await replay(-1);
  await lapse();
  const newer = await replay(60_000);
  const reason = 'its process ended in the middle of a replay';

  await platform.database.run((client) => endReplay(client, slow, 'memory_unavailable'));
  await platform.database.run((client) => deleteReplayed(client, slow));
  expect(await states()).toEqual([{ state: 'replaying', reason }]);

  await platform.database.run((client) => deleteReplayed(client, newer));
  expect(await states()).toEqual([]);
});

it('a replay in time that fails is dead again with its reason', async () => {
  const held = await replay(60_000);
  await platform.database.run((client) => endReplay(client, held, 'memory_unavailable'));
  expect(await states()).toEqual([{ state: 'dead', reason: 'memory_unavailable' }]);
});

/** What a second request for the same replay does: it waits for the first, and finds nothing left to do. */
const lookAgain = (meanwhile: () => void) =>
  platform.database.transaction(async (tx) => {
    await tx.$executeRaw`select from dead_letters where id = ${id}::uuid for update`;
    meanwhile();
    await tx.$executeRaw`select pg_sleep(0.3)`;
  });

it('a replay that two have asked for at once is claimed at once, and by one', async () => {
  await platform.database.run((client) => requestReplay(client, owner, id));
  const claim = () => platform.database.run((client) => claimReplays(client, { owner, leaseMs: 60_000, limit: 1 }));
  const claims: ReturnType<typeof claim>[] = [];
  await lookAgain(() => claims.push(claim(), claim()));
  expect((await Promise.all(claims)).flat()).toHaveLength(1);
});
