import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { eventually } from '../../tests/support/eventually.ts';
import { openPlatform, type TestPlatform } from '../../tests/support/platform.ts';
import type { Database } from '../db/client.ts';
import { Failure } from '../errors/failure.ts';
import { createSuspectRun, type SuspectRun } from './suspects.ts';

const consumer = 'memory:test';
let platform: TestPlatform;
beforeEach(async () => {
  platform = await openPlatform();
});
afterEach(() => platform.close());

/** A process that loses its database at its command. */
const startProcess = (): { run: SuspectRun; setAway: (isAway: boolean) => void } => {
  let isAway = false;
  const run: Database['run'] = async (work) => {
    if (isAway) throw new Failure('service_unavailable');
    return platform.database.run(work);
  };
  const { clock, logger } = platform;
  const database = { ...platform.database, run };
  return {
    run: createSuspectRun({ database, clock, logger, processId: randomUUID() }),
    setAway: (away) => {
      isAway = away;
    },
  };
};
const starts = () => platform.sql<{ starts: number }>('select starts from inbox');

it('an outage of the database while a suspect is handled passes for no death, whoever handles it next', async () => {
  const messageId = randomUUID();
  const [a, b] = [startProcess(), startProcess()];
  for (const process of [a, b, a, b, a]) {
    const handling = process.run(consumer, messageId, async () => {
      process.setAway(true);
      throw new Failure('service_unavailable');
    });
    await expect(handling).rejects.toMatchObject({ code: 'service_unavailable' });
    process.setAway(false);
  }
  await eventually(async () => (await starts())[0]?.starts === 0);
});

it('another process that began since and died is still counted', async () => {
  const messageId = randomUUID();
  const [a, b] = [startProcess(), startProcess()];
  await a.run(consumer, messageId, async () => a.setAway(true));
  void b.run(consumer, messageId, () => new Promise(() => undefined));
  await eventually(async () => (await starts())[0]?.starts === 2);
  a.setAway(false);
  await eventually(async () => (await starts())[0]?.starts === 1);
});
