import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { memoryRecorded } from '../../../shared/contracts/memory.ts';
import type { Transaction } from '../../../shared/db/client.ts';
import { createOwe } from '../../../shared/outbox/outbox.ts';
import { openPlatform, type TestPlatform } from '../../../tests/support/platform.ts';
import { indexTextOf } from '../index-text.ts';
import { userHashOf } from '../user-hash.ts';
import { deleteSubject, insertTurn } from './turns.ts';

const domainId = randomUUID();
const userId = 'marie';
const subject = { domainId, userId, userHash: userHashOf(domainId, userId) };
let platform: TestPlatform;
beforeEach(async () => {
  platform = await openPlatform();
});
afterEach(() => platform.close());

const store = (tx: Transaction): Promise<void> => {
  const said = (text: string) => ({ id: randomUUID(), text, index: indexTextOf(text) });
  const [sessionId, messageId] = [randomUUID(), randomUUID()];
  const data = { session_id: sessionId, message_id: messageId, turns: 2 };
  const turn = {
    ...subject,
    sessionId,
    messageId,
    answeredAt: new Date(Date.now() - 60_000).toISOString(),
    question: said('My cat is called Minou.'),
    answer: said('A fine name.'),
    facts: [],
    deliveryId: randomUUID(),
  };
  return insertTurn(tx, turn, createOwe('memory', platform.clock)(memoryRecorded, { domainId, data }));
};
const forget = async (tx: Transaction): Promise<void> => {
  await deleteSubject(tx, subject, new Date());
};

const waitsForALock = async (): Promise<void> => {
  await expect.poll(() => platform.sql('select from pg_locks where not granted'), { timeout: 10_000 }).toHaveLength(1);
};

it.each([
  { first: 'stored', begin: store, then: forget },
  { first: 'forgotten', begin: forget, then: store },
])('a turn does not outlive a forgetting beside it, when it is first $first', async ({ begin, then }) => {
  let commit: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => (commit = resolve));
  let begun: () => void = () => undefined;
  const isBegun = new Promise<void>((resolve) => (begun = resolve));
  const first = platform.database.transaction(async (tx) => {
    await begin(tx);
    begun();
    await gate;
  });
  await isBegun;
  const second = platform.database.transaction(then);
  await Promise.race([second, waitsForALock()]);
  commit();
  await Promise.all([first, second]);
  expect(await platform.sql('select role from memory_turns where domain_id = $1', [domainId])).toEqual([]);
});
