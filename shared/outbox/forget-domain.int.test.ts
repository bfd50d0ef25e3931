import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openPlatform, type TestPlatform } from '../../tests/support/platform.ts';
import type { StoringOwner } from '../contracts/message.ts';
import { forgetDomain } from './forget-domain.ts';

let platform: TestPlatform;
beforeEach(async () => {
  platform = await openPlatform();
});
afterEach(() => platform.close());

const gone = randomUUID();
const other = randomUUID();

const keepEvent = (owner: StoringOwner, domainId: string, sentAt: Date | null = new Date()) =>
  platform.sql(
    `insert into outbox (owner, msg_id, subject, envelope, ordered_by, sent_at) values ($1, $2, 'evt.x', '{}', $3, $4)`,
    [owner, randomUUID(), domainId, sentAt],
  );
const keepLetter = (owner: StoringOwner, domainId: string, state = 'dead') =>
  platform.sql(
    `insert into dead_letters (id, owner, consumer, msg_key, is_readable, domain_id, subject, message, reason, attempts, state)
     values ($1, $2, 'c', gen_random_uuid()::text, true, $3, 'evt.x', 'what a visitor said', 'internal', 1, $4)`,
    [randomUUID(), owner, domainId, state],
  );
const forget = (limit: number) =>
  platform.database.run((client) => forgetDomain(client, { owner: 'chat', domainId: gone, limit }));

it('a domain that is gone leaves no dead letter and no sent event, in bounded steps', async () => {
  for (let n = 0; n < 3; n += 1) await keepEvent('chat', gone);
  await keepLetter('chat', gone);
  expect(await forget(2)).toBe(3);
  expect(await forget(2)).toBe(1);
  expect(await forget(2)).toBe(0);
});

it('what is owed or being replayed, and what is of others, stays', async () => {
  await keepEvent('chat', gone, null);
  await keepLetter('chat', gone, 'replaying');
  await keepEvent('chat', other);
  await keepLetter('chat', other);
  await keepEvent('memory', gone);
  await keepLetter('memory', gone);
  expect(await forget(100)).toBe(0);
});
