import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '../../tests/support/eventually.ts';
import { openPlatform, type TestPlatform } from '../../tests/support/platform.ts';
import { domainId, envelopeOf, failureOf, wakeUp } from '../bus/conformance-world.ts';
import { createInProcessBus } from '../bus/in-process.ts';
import { openJournal } from '../bus/journal.ts';
import type { Bus } from '../bus/port.ts';
import { deadLetterQueries } from '../contracts/dead-letters.ts';
import type { Envelope } from '../contracts/message.ts';
import { Failure } from '../errors/failure.ts';
import { systemClock } from '../runtime/clock.ts';
import { startMessaging, type Messaging } from './messaging.ts';

const queries = deadLetterQueries.memory;
// Retries come as soon as they may.
const clock = { ...systemClock, random: () => 0 };
let platform: TestPlatform;
let messaging: Messaging;
beforeEach(async () => {
  platform = await openPlatform({}, clock);
  messaging = await startMessaging(platform, 'memory');
});
afterEach(async () => {
  await messaging.stop();
  await platform.close();
});

const inbox = () => platform.sql<{ done: boolean; attempts: number }>('select done, attempts from inbox');
const call = () => ({ deadlineAt: clock.now() + 5_000, correlationId: 'test' });
const list = async () => (await platform.bus.ask(queries.list, { limit: 20 }, call())).dead_letters;

/** Publishes until the message is dealt with for good. */
const settle = (envelope: Envelope): Promise<boolean> =>
  eventually(() =>
    platform.bus.publish(wakeUp, envelope).then(
      () => true,
      () => false,
    ),
  );

describe('a consumed message', () => {
  it('outlasts a database that is away for longer than its attempts, and none of them is counted', async () => {
    let tries = 0;
    await messaging.consume(wakeUp, async () => {
      tries += 1;
      if (tries <= 15) throw new Failure('service_unavailable');
    });
    await settle(envelopeOf(wakeUp, 1));
    expect(tries).toBe(16);
    expect(await inbox()).toEqual([{ done: true, attempts: 0 }]);
  });

  it('that fails by itself is tried twelve times by the count of Postgres, then buried', async () => {
    const tries: number[] = [];
    await messaging.consume(wakeUp, async (_tx, { data }) => {
      tries.push(data.n);
      throw new Failure('memory_unavailable');
    });
    const envelope = envelopeOf(wakeUp, 1);
    await settle(envelope);
    expect(tries).toHaveLength(12);
    expect(await inbox()).toEqual([{ done: false, attempts: 12 }]);
    expect(await list()).toMatchObject([
      {
        owner: 'memory',
        consumer: `memory:${wakeUp.subject}`,
        subject: wakeUp.subject,
        message_id: envelope.id,
        domain_id: domainId,
        reason: 'internal; memory_unavailable after 12 attempts',
        attempts: 12,
        state: 'dead',
      },
    ]);
  });

  it('that its handler refuses is buried at once', async () => {
    let tries = 0;
    await messaging.consume(wakeUp, async () => {
      tries += 1;
      throw new Failure('document_broken');
    });
    await settle(envelopeOf(wakeUp, 1));
    expect(tries).toBe(1);
    expect(await list()).toMatchObject([{ reason: 'document_broken', attempts: 1 }]);
  });
});

describe('a message that ends its process every time', () => {
  /** A process whose handler never comes back once it has begun `deadly`: for everybody else it has died there. */
  const startMortal = async (deadly: number, done: number[]): Promise<{ bus: Bus; begun: number[] }> => {
    const { logger } = platform;
    const bus = createInProcessBus({ clock, logger, journal: await openJournal({ logger }), publishWaitMs: 300 });
    const begun: number[] = [];
    const mortal = await startMessaging({ ...platform, bus }, 'memory');
    await mortal.consumeOnceByKey(wakeUp, async (_client, { data }) => {
      begun.push(data.n);
      if (data.n === deadly) await new Promise(() => undefined);
      done.push(data.n);
    });
    await mortal.stop();
    return { bus, begun };
  };

  it('is buried after three, and nobody beside it is', async () => {
    const done: number[] = [];
    const messages = [1, 2, 3].map((n) => envelopeOf(wakeUp, n));
    const begun: number[][] = [];
    for (let process = 1; process <= 4; process += 1) {
      const mortal = await startMortal(2, done);
      const isSuspect = process > 1;
      await Promise.allSettled(messages.map((message) => mortal.bus.publish(wakeUp, message, { isSuspect })));
      begun.push(mortal.begun);
    }
    expect(begun.filter((ns) => ns.includes(2))).toHaveLength(3);
    expect(done).toEqual(expect.arrayContaining([1, 3]));
    expect(await list()).toMatchObject([{ reason: expect.stringContaining('process ended') as unknown }]);
  });

  it('is told from one that fails again and again in a process that lives', async () => {
    let tries = 0;
    await messaging.consume(wakeUp, async () => {
      tries += 1;
      if (tries <= 5) throw new Failure('service_unavailable');
    });
    const envelope = envelopeOf(wakeUp, 1);
    await platform.bus.publish(wakeUp, envelope, { isSuspect: true });
    expect(tries).toBe(6);
    expect(await platform.sql('select done, starts from inbox')).toEqual([{ done: true, starts: 0 }]);
  });
});

describe('a dead letter', () => {
  const buryOne = async (handler: () => Promise<void>) => {
    await messaging.consume(wakeUp, handler);
    await settle(envelopeOf(wakeUp, 1));
    const [letter] = await list();
    return letter?.id ?? '';
  };

  it('is replayed by the handler and then gone, however often that was asked for', async () => {
    let isMended = false;
    let effects = 0;
    const id = await buryOne(async () => {
      if (!isMended) throw new Failure('document_broken');
      effects += 1;
    });
    isMended = true;
    await Promise.all([1, 2, 3].map(() => platform.bus.ask(queries.replay, { id }, call()).catch(() => undefined)));
    await eventually(async () => (await list()).length === 0);
    expect(effects).toBe(1);
    expect(await inbox()).toEqual([{ done: true, attempts: 0 }]);
  });

  it('whose replay fails is dead again, with the new reason and one attempt more', async () => {
    let code: 'document_broken' | 'memory_unavailable' = 'document_broken';
    const id = await buryOne(async () => {
      throw new Failure(code);
    });
    code = 'memory_unavailable';
    await platform.bus.ask(queries.replay, { id }, call());
    await eventually(async () => (await list())[0]?.reason === 'memory_unavailable');
    expect(await list()).toMatchObject([{ id, state: 'dead', attempts: 2 }]);
  });

  it('whose replay ended its process is dead again, and not tried unasked', async () => {
    const id = await buryOne(async () => Promise.reject(new Failure('document_broken')));
    await platform.sql(`update dead_letters set state = 'replaying', lease_until = now() - interval '1 second'`);
    await eventually(async () => (await list())[0]?.state === 'dead', 10_000);
    expect(await list()).toMatchObject([{ id, attempts: 2, reason: 'its process ended in the middle of a replay' }]);
  });

  it('shows its message to who asks for it by id, and in no list', async () => {
    const id = await buryOne(async () => Promise.reject(new Failure('document_broken')));
    const shown = await platform.bus.ask(queries.get, { id }, call());
    expect(JSON.parse(shown.message)).toMatchObject({ data: { n: 1 } });
    expect(JSON.stringify(await list())).not.toContain('"n"');
    expect((await failureOf(platform.bus.ask(queries.get, { id: clock.newId() }, call()))).code).toBe('not_found');
  });

  it('that cannot be read is kept as it came and can only be discarded', async () => {
    await messaging.consume(wakeUp, async () => undefined);
    const broken = { ...envelopeOf(wakeUp, 1), id: 'no uuid', data: { words: 'with \0 in it' } };
    await settle(broken);
    const [letter] = await list();
    expect(letter).toMatchObject({ message_id: null, domain_id: null, reason: 'invalid_envelope' });
    const id = letter?.id ?? '';
    expect((await failureOf(platform.bus.ask(queries.replay, { id }, call()))).code).toBe('conflict');
    await platform.bus.ask(queries.discard, { id }, call());
    expect(await list()).toEqual([]);
  });

  it('is found page by page, newest first, by domain', async () => {
    await messaging.consume(wakeUp, async () => Promise.reject(new Failure('document_broken')));
    const domains = [1, 2, 3, 4, 5].map(() => clock.newId());
    for (const [n, domain_id] of domains.entries()) await settle(envelopeOf(wakeUp, n, { domain_id }));
    const found: (string | null)[] = [];
    for (let cursor: string | undefined, more = true; more;) {
      const page = await platform.bus.ask(queries.list, { limit: 2, cursor }, call());
      found.push(...page.dead_letters.map((letter) => letter.domain_id));
      cursor = page.dead_letters.at(-1)?.cursor;
      more = page.has_more;
    }
    expect(found).toEqual([...domains].reverse());
    const ofOne = await platform.bus.ask(queries.list, { domain_id: domains[2] }, call());
    expect(ofOne).toMatchObject({ total: 1, has_more: false, dead_letters: [{ domain_id: domains[2] }] });
  });
});
