import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '../../tests/support/eventually.ts';
import { openPlatform, type TestPlatform } from '../../tests/support/platform.ts';
import { envelopeOf, wakeUp } from '../bus/conformance-world.ts';
import { Failure } from '../errors/failure.ts';
import { startMessaging, type Messaging } from './messaging.ts';

let platform: TestPlatform;
let messaging: Messaging;
beforeEach(async () => {
  platform = await openPlatform();
  messaging = startMessaging(platform, 'memory');
});
afterEach(async () => {
  await messaging.stop();
  await platform.close();
});

const inbox = () => platform.sql<{ done: boolean; attempts: number }>('select done, attempts from inbox');

describe('a consumed message', () => {
  it('outlasts a database that is away for longer than its attempts, and none of them is counted', async () => {
    let tries = 0;
    await messaging.consume(wakeUp, async () => {
      tries += 1;
      if (tries <= 15) throw new Failure('service_unavailable', { retryAfterMs: 1 });
    });
    platform.bus.publish(wakeUp, envelopeOf(wakeUp, 1)).catch(() => undefined);
    await eventually(() => tries === 16);
    await eventually(async () => (await inbox()).length > 0);
    expect(await inbox()).toEqual([{ done: true, attempts: 0 }]);
  });

  it('that fails by itself is tried twelve times by the count of Postgres, then given up', async () => {
    const tries: number[] = [];
    await messaging.consume(wakeUp, async (_tx, { data }) => {
      tries.push(data.n);
      if (data.n === 1) throw new Failure('memory_unavailable', { retryAfterMs: 1 });
    });
    const envelope = envelopeOf(wakeUp, 1);
    // Resolves as soon as the message is dealt with for good.
    await eventually(() =>
      platform.bus.publish(wakeUp, envelope).then(
        () => true,
        () => false,
      ),
    );
    expect(tries).toHaveLength(12);
    expect(await inbox()).toEqual([{ done: false, attempts: 12 }]);
  });
});
