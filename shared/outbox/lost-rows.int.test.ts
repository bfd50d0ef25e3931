import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openPlatform, type TestPlatform } from '../../tests/support/platform.ts';
import { domainRemoved } from '../contracts/provisioning.ts';
import { systemClock as clock } from '../runtime/clock.ts';
import { createLostRows } from './lost-rows.ts';
import { createRelayRows, type RelayStore } from './relay-rows.ts';

const owner = 'provisioning';
let platform: TestPlatform;
let store: RelayStore;
beforeEach(async () => {
  platform = await openPlatform();
  store = createRelayRows(platform.database, owner);
});
afterEach(() => platform.close());

/** Rows of ten domains in turn, sent an hour ago; every hundredth is of another owner. */
const keep = (count: number) =>
  platform.sql(
    `insert into outbox (owner, msg_id, subject, envelope, ordered_by, sent_at)
     select case when n % 100 = 0 then 'chat' else $1 end, gen_random_uuid(), $2, '{}',
       ('00000000-0000-4000-8000-' || lpad((n % 10)::text, 12, '0'))::uuid, now() - interval '1 hour'
     from generate_series(1, $3) as n`,
    [owner, domainRemoved.subject, count],
  );
const unsent = async (): Promise<number> =>
  (await platform.sql<{ n: number }>('select count(*)::int as n from outbox where sent_at is null'))[0]?.n ?? -1;

const oweAll = async (): Promise<{ readonly ms: number; readonly owed: number }> => {
  const lost = createLostRows(store);
  lost.expect(clock.now());
  const startedAt = performance.now();
  let owed = 0;
  for (let more = await lost.owe(); more > 0; more = await lost.owe()) owed += more;
  return { ms: performance.now() - startedAt, owed };
};

it('ten times as many lost rows take ten times as long, not a hundred times', async () => {
  await keep(4_000);
  const few = await oweAll();
  await platform.sql('truncate outbox');
  await keep(40_000);
  const many = await oweAll();
  expect([few.owed, many.owed, await unsent()]).toEqual([3_960, 39_600, 39_600]);
  expect(many.ms / few.ms).toBeLessThan(30);
}, 120_000);

it('sends lost rows again in the order of each domain, and those of no other owner', async () => {
  await keep(3_000);
  const lost = createLostRows(store);
  lost.expect(clock.now());
  const ids: bigint[] = [];
  const claimAll = async (): Promise<void> => {
    for (let rows = await store.claim(); rows.length > 0; rows = await store.claim()) {
      const batch = rows.map(({ id }) => id).sort((left, right) => (left < right ? -1 : 1));
      ids.push(...batch);
      await store.markSent(rows[0]?.claim ?? '', batch);
    }
  };
  while ((await lost.owe()) > 0) await claimAll();
  expect(ids).toHaveLength(2_970);
  expect(ids).toEqual([...ids].sort((left, right) => (left < right ? -1 : 1)));
  expect(await lost.owe()).toBe(0);
});

// It is marked as sent when the look at the others is over, and went into the store that is lost.
it('comes back for a row that another relay had in hands', async () => {
  await platform.sql(
    `insert into outbox (owner, msg_id, subject, envelope, claimed_until) values ($1, $2, $3, '{}', now() + interval '25 seconds')`,
    [owner, randomUUID(), domainRemoved.subject],
  );
  await keep(2_500);
  const lost = createLostRows(store);
  lost.expect(clock.now());
  let owed = 0;
  for (let more = await lost.owe(); more > 0; more = await lost.owe()) owed += more;
  expect(owed).toBe(2_475);
  expect(await lost.owe()).toBe(0);
  await platform.sql(
    `update outbox set claimed_until = null, sent_at = claimed_until - interval '30 seconds' where claimed_until is not null`,
  );
  expect(await lost.owe()).toBe(1);
  expect(await lost.owe()).toBe(0);
});
