import { afterEach, beforeEach, expect, it } from 'vitest';
import { openPlatform, type TestPlatform } from '../../tests/support/platform.ts';
import { wakeUp } from '../bus/conformance-world.ts';
import { domainRemoved } from '../contracts/provisioning.ts';
import type { Running } from '../runtime/platform.ts';
import type { Gauge } from '../runtime/pressure.ts';
import { watchBacklog } from './backlog.ts';

const day = 86_400;
let platform: TestPlatform;
let backlog: Running | undefined;
beforeEach(async () => {
  platform = await openPlatform();
});
afterEach(async () => {
  await backlog?.stop();
  await platform.close();
});

interface Rows {
  readonly count: number;
  readonly subject?: string;
  readonly dueInSeconds?: number;
  readonly attempts?: number;
}

const owe = ({ count, subject = domainRemoved.subject, dueInSeconds = 0, attempts = 0 }: Rows) =>
  platform.sql(
    `insert into outbox (owner, msg_id, subject, envelope, not_before, attempts)
     select 'provisioning', gen_random_uuid(), $2, '{}', now() + make_interval(secs => $3), $4 from generate_series(1, $1)`,
    [count, subject, dueInSeconds, attempts],
  );

it('the backlog is what the bus could have had: not what is due later, nor what only another version can send', async () => {
  await owe({ count: 10_001, subject: `${wakeUp.subject}-of-another-version` });
  await owe({ count: 10_001, dueInSeconds: day });
  await owe({ count: 3 });
  await owe({ count: 4, dueInSeconds: 5, attempts: 2 });
  const gauges: Gauge[] = [];
  const pressure = { ...platform.pressure, watch: (gauge: Gauge) => void gauges.push(gauge) };
  backlog = watchBacklog({ ...platform, pressure }, 'provisioning');
  await expect.poll(() => gauges[0]?.value(), { timeout: 10_000 }).toBe(7);
});
