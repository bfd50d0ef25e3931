import { z } from 'zod';
import { sha256Hex } from '../crypto/hash.ts';
import type { Database } from '../db/client.ts';
import { heldBack } from '../http/held-back.ts';
import type { HttpHeaders } from '../http/exchange.ts';
import type { Clock } from '../runtime/clock.ts';
import type { GradientSettings } from './settings.ts';
import { tellBudget } from './budget-metric.ts';

/** Who goes without first when little is left: polling, then other work; deletions and what a visitor waits for go last. */
export type Urgency = 'polling' | 'normal' | 'urgent';

/** The rate limits of one token, which all replicas of all services share. */
export interface RateBudget {
  /** Takes one call out of the budget. Over it, throws at once what `isHeldBack` knows, with the wait. */
  readonly take: (urgency: Urgency) => Promise<void>;
  /** Lowers the budget to what the cloud says is left; it is never raised by that. */
  readonly heard: (headers: HttpHeaders) => void;
  /** The cloud said 429: nobody calls it for so long. */
  readonly closeFor: (ms: number) => Promise<void>;
}

interface Parts {
  readonly settings: Pick<GradientSettings, 'baseUrl' | 'token' | 'rates'>;
  readonly database: Database;
  readonly clock: Pick<Clock, 'now' | 'random'>;
}

/** Kept back for what is more urgent, as a share of a full bucket. */
const reserves: Readonly<Record<Urgency, number>> = { polling: 0.25, normal: 0.05, urgent: 0 };

/**
 * A token bucket for the minute and one for the hour. A fifth of a limit may go at once and four fifths flow back, so that
 * no sliding minute or hour, which is how the cloud counts, sees more than the limit. One statement a call; without rates,
 * one each 250 ms, which learns when another replica was told to wait.
 */
export const createRateBudget = ({ settings, database, clock }: Parts): RateBudget => {
  const account = sha256Hex(`${settings.baseUrl}\n${settings.token}`).slice(0, 32);
  const { rates } = settings;
  let closedUntil = 0;
  let lookedAt = -Infinity;
  let hourLeftSeen: { readonly left: number; readonly at: number } | undefined;
  const refuse = (waitMs: number): never => {
    throw heldBack('cloud_unavailable', 'spent budget', waitMs + clock.random() * Math.min(1_000, waitMs));
  };
  return {
    take: async (urgency) => {
      if (closedUntil > clock.now()) refuse(closedUntil - clock.now());
      if (rates === null && clock.now() - lookedAt < lookMs) return;
      const seen = hourLeftSeen !== undefined && clock.now() - hourLeftSeen.at < seenMs ? hourLeftSeen.left : undefined;
      hourLeftSeen = undefined;
      const waitMs = await (
        rates === null
          ? closedFor(database, account)
          : takeOne(database, { account, rates, reserve: reserves[urgency], hourLeftSeen: seen })
      ).catch((thrown: unknown) => refuseUnsent(thrown));
      if (waitMs > 0) refuse(waitMs);
      lookedAt = clock.now();
    },
    heard: (headers) => {
      const left = Number(headers['ratelimit-remaining'] ?? Number.NaN);
      if (rates !== null && Number.isInteger(left) && left >= 0) hourLeftSeen = { left, at: clock.now() };
    },
    closeFor: async (ms) => {
      closedUntil = Math.max(closedUntil, clock.now() + ms);
      await close(database, account, ms);
    },
  };
};

const lookMs = 250;
/** For how long it counts what the cloud said was left. */
const seenMs = 10_000;
const burstShare = 0.2;

interface Claim {
  readonly account: string;
  readonly rates: { readonly perMinute: number; readonly perHour: number };
  readonly reserve: number;
  readonly hourLeftSeen: number | undefined;
}

const takenRows = z.array(z.object({ wait_ms: z.number(), minute_left: z.number(), hour_left: z.number() }));

/** Takes one from both buckets; tells how long to wait when one of them has too little, and then takes nothing. */
const takeOne = async (database: Database, claim: Claim): Promise<number> => {
  const taken = await takeRow(database, claim);
  if (taken !== undefined) return taken;
  const { perMinute, perHour } = claim.rates;
  await database.run(
    (client) => client.$executeRaw`
      insert into gradient_budgets (account, minute_left, hour_left)
      values (${claim.account}, ${burstShare * perMinute}, ${burstShare * perHour}) on conflict do nothing`,
  );
  return (await takeRow(database, claim)) ?? 0;
};

const takeRow = async (database: Database, claim: Claim): Promise<number | undefined> => {
  const { account, rates, reserve, hourLeftSeen } = claim;
  const [minute, hour] = [bucketOf(rates.perMinute, 60, reserve), bucketOf(rates.perHour, 3_600, reserve)];
  const rows = await database.run(
    (client) => client.$queryRaw`
      with locked as (
        select account, minute_left, hour_left, closed_until, counted_at from gradient_budgets
        where account = ${account} for update
      ), aged as (
        select *, greatest(0, extract(epoch from clock_timestamp() - counted_at))::float8 as seconds from locked
      ), refilled as (
        select account, extract(epoch from closed_until - clock_timestamp())::float8 * 1000 as closed_ms,
          least(${minute.size}::float8, minute_left + seconds * ${minute.perSecond}::float8) as minute_left,
          least(${hour.size}::float8, hour_left + seconds * ${hour.perSecond}::float8,
            ${hourLeftSeen ?? hour.size}::float8) as hour_left
        from aged
      ), judged as (
        select *, greatest(0, closed_ms, (${minute.needed}::float8 - minute_left) / ${minute.perSecond}::float8 * 1000,
          (${hour.needed}::float8 - hour_left) / ${hour.perSecond}::float8 * 1000) as wait_ms
        from refilled
      )
      update gradient_budgets b set counted_at = clock_timestamp(),
        minute_left = j.minute_left - case when j.wait_ms > 0 then 0 else 1 end,
        hour_left = j.hour_left - case when j.wait_ms > 0 then 0 else 1 end
      from judged j where b.account = j.account
      returning j.wait_ms, b.minute_left, b.hour_left`,
  );
  const [row] = takenRows.parse(rows);
  if (row !== undefined) tellBudget({ minute: row.minute_left, hour: row.hour_left });
  return row?.wait_ms;
};

const bucketOf = (limit: number, seconds: number, reserve: number) => {
  const size = burstShare * limit;
  return { size, perSecond: ((1 - burstShare) * limit) / seconds, needed: Math.min(size, 1 + reserve * size) };
};

const closedRows = z.array(z.object({ closed_ms: z.number() }));

const closedFor = async (database: Database, account: string): Promise<number> => {
  const rows = await database.run(
    (client) => client.$queryRaw`
      select extract(epoch from closed_until - clock_timestamp())::float8 * 1000 as closed_ms
      from gradient_budgets where account = ${account}`,
  );
  return Math.max(0, closedRows.parse(rows)[0]?.closed_ms ?? 0);
};

const close = async (database: Database, account: string, ms: number): Promise<void> => {
  await database.run(
    (client) => client.$executeRaw`
      insert into gradient_budgets (account, closed_until)
      values (${account}, clock_timestamp() + ${ms}::float8 * interval '1 millisecond')
      on conflict (account) do update
        set closed_until = greatest(gradient_budgets.closed_until, excluded.closed_until)`,
  );
};

const unreadableRetryMs = 1_000;

// The cloud was not called, so this must not look like a call whose outcome nobody knows.
const refuseUnsent = (thrown: unknown): never => {
  throw heldBack('cloud_unavailable', 'spent budget', unreadableRetryMs, thrown);
};
