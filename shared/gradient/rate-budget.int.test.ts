import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createDatabase as createTestDatabase } from '../../tests/support/servers.ts';
import { createDatabase, type Database } from '../db/client.ts';
import { isHeldBack } from '../http/held-back.ts';
import { systemClock } from '../runtime/clock.ts';
import { createRateBudget, type RateBudget, type Urgency } from './rate-budget.ts';

let database: Database;
let drop: () => Promise<void>;
beforeAll(async () => {
  const created = await createTestDatabase();
  drop = created.drop;
  database = createDatabase({ url: created.url, poolMax: 10, logger: pino({ level: 'silent' }) });
});
afterAll(async () => {
  await database.close();
  await drop();
});

/** A replica of the token that a test has for itself. */
const replica = (token: string, rates: { perMinute: number; perHour: number } | null): RateBudget =>
  createRateBudget({ settings: { baseUrl: 'https://cloud.example', token, rates }, database, clock: systemClock });

/** How often `budget` gave before it refused, up to `callsMax`, and the refusal. */
const drain = async (budget: RateBudget, urgency: Urgency, callsMax = 200) => {
  for (let calls = 0; calls < callsMax; calls += 1) {
    const refused: unknown = await budget.take(urgency).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    if (refused !== undefined) return { calls, refused };
  }
  return { calls: callsMax, refused: undefined };
};

const slow = { perMinute: 10, perHour: 100_000 };

describe('the budget of a token', () => {
  test('is one for all replicas: a fifth of the limit at once, then a wait that is told and never served', async () => {
    const [first, second] = [replica('a', { ...slow, perMinute: 20 }), replica('a', { ...slow, perMinute: 20 })];
    const taken = await Promise.all([drain(first, 'urgent'), drain(second, 'urgent')]);
    expect(taken.reduce((sum, { calls }) => sum + calls, 0)).toBe(4);
    const { refused } = taken[0];
    expect(isHeldBack(refused)).toBe(true);
    // 16 a minute flow back: the next one is there after 3.75 s.
    const { retryAfterMs = 0 } = isHeldBack(refused) ? refused : {};
    expect(retryAfterMs).toBeGreaterThan(1_000);
    expect(retryAfterMs).toBeLessThan(4_800);
  });

  test('fills again with time', async () => {
    const budget = replica('b', { perMinute: 3_000, perHour: 1_000_000 });
    await drain(budget, 'urgent', 1_000);
    await expect.poll(() => drain(budget, 'urgent', 1)).toMatchObject({ calls: 1 });
  });

  test('keeps a part back from polling, a smaller one from other work, and nothing from deletions', async () => {
    const budget = replica('c', { perMinute: 200, perHour: 1_000_000 });
    expect((await drain(budget, 'polling')).calls).toBeGreaterThanOrEqual(30);
    const normal = (await drain(budget, 'normal')).calls;
    expect(normal).toBeGreaterThanOrEqual(7);
    expect((await drain(budget, 'urgent')).calls).toBeGreaterThanOrEqual(1);
  });

  test('is lowered by what the cloud says is left, and never raised', async () => {
    const budget = replica('d', { perMinute: 10_000, perHour: 10_000 });
    await budget.take('urgent');
    budget.heard({ 'ratelimit-remaining': '3' });
    expect((await drain(budget, 'urgent')).calls).toBeLessThanOrEqual(4);
    budget.heard({ 'ratelimit-remaining': '9000' });
    expect((await drain(budget, 'urgent')).calls).toBeLessThanOrEqual(2);
    budget.heard({ 'ratelimit-remaining': 'many' });
  });

  test.each([slow, null])('closes for every replica until the told moment, with rates %o', async (rates) => {
    const token = `e-${JSON.stringify(rates)}`;
    const [first, second] = [replica(token, rates), replica(token, rates)];
    await first.take('urgent');
    await first.closeFor(400);
    for (const budget of [first, second]) {
      const { refused } = await drain(budget, 'urgent', 1);
      expect(isHeldBack(refused)).toBe(true);
    }
    await expect.poll(() => drain(second, 'urgent', 1)).toMatchObject({ calls: 1 });
  });

  test('has no end where no rates are set', async () => {
    expect((await drain(replica('f', null), 'polling', 60)).calls).toBe(60);
  });
});
