import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { connectMemori, forgetUser, memoryHealth, validateMemoriKey } from '../../shared/contracts/memory.ts';
import { eventually } from '../../tests/support/eventually.ts';
import { openWorld, type MemoryWorld, type Visitor } from './testing/world.ts';

let world: MemoryWorld;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());
beforeEach(async () => {
  await fetch(`${world.memori.url}/__emulator/reset`, { method: 'POST' });
});

const connect = (visitor: Visitor, memori_api_key: string): Promise<unknown> =>
  world.bus.ask(connectMemori, { domain_id: visitor.domainId, memori_api_key }, world.context());

const deliveriesOf = async ({ userId }: Visitor): Promise<Record<string, unknown>[]> => [
  ...(await world.sql('select state, question, attempt, last_error from memory_deliveries where user_id = $1', [
    userId,
  ])),
];

const sent = (visitor: Visitor): Promise<unknown> =>
  eventually(async () => (await deliveriesOf(visitor)).every(({ state }) => state === 'sent'));

/** Bodies of chat calls that Memori got, newest last. */
const journal = async (): Promise<string> => {
  const response = await fetch(`${world.memori.url}/__emulator/journal`);
  return response.text();
};

describe('a key', () => {
  const validate = (memori_api_key: string): Promise<{ status: string }> =>
    world.bus.ask(validateMemoriKey, { memori_api_key }, world.context());

  it('that Memori knows is valid; one that it refuses, or calls not valid with a 200, is not', async () => {
    expect(await validate('good-key')).toEqual({ status: 'valid' });
    await expect(validate('an-invalid-key')).rejects.toMatchObject({ code: 'memori_key_invalid' });
    await expect(validate('a-revoked-key')).rejects.toMatchObject({ code: 'memori_key_invalid' });
  });

  it.each([{ action: 'status', status: 500 }, { action: 'hang' }, { action: 'garbage' }, { action: 'reset' }])(
    'is unverified while the validator is out of order: %o',
    async (fault) => {
      await world.failMemori({ ...fault, match: { path_prefix: '/functions' } });
      expect(await validate(`key-${JSON.stringify(fault)}`)).toEqual({ status: 'unverified' });
    },
  );

  it('lies sealed in the database', async () => {
    const visitor = world.visitor();
    await connect(visitor, 'very-secret-key');
    const [row] = await world.sql<{ whole: string }>(
      'select a::text as whole from memory_accounts a where domain_id = $1',
      [visitor.domainId],
    );
    expect(row!.whole).not.toContain('very-secret-key');
  });
});

describe('a domain with a key', () => {
  it('has its turns sent behind the reply, under a name that is not the visitor’s, and recalled with our own', async () => {
    const visitor = world.visitor();
    await connect(visitor, 'key-a');
    await world.say(visitor, { question: 'My parrot is called Coco, card 4111 1111 1111 1111.' });
    await sent(visitor);
    expect(await deliveriesOf(visitor)).toEqual([{ state: 'sent', question: '', attempt: 1, last_error: null }]);
    const told = await journal();
    expect(told).not.toContain(visitor.userId);
    expect(told).not.toContain('4111');
    const { memories, degraded } = await world.recallWhole(visitor, 'What is my parrot called?');
    expect(memories.map(({ text }) => text)).toEqual([
      'My parrot is called Coco, card [card].',
      'Thank you.',
      'My parrot is called Coco, card [card].',
    ]);
    expect(degraded).toEqual([]);
    expect(await world.recall(world.visitor(visitor.domainId), 'What is my parrot called?')).toEqual([]);
  });

  it.each([{ action: 'hang' }, { action: 'status', status: 500 }, { action: 'garbage' }, { action: 'reset' }])(
    'gets our own memories in time while Memori is out of order: %o',
    async (fault) => {
      const visitor = world.visitor();
      await world.say(visitor, { question: 'My parrot is called Coco.' });
      await connect(visitor, 'key-b');
      await world.failMemori({ ...fault, times: 1 });
      const startedAt = Date.now();
      expect(await world.recallWhole(visitor, 'My parrot?')).toMatchObject({
        memories: [{ text: 'My parrot is called Coco.' }, { text: 'Thank you.' }],
        degraded: ['memori'],
      });
      expect(Date.now() - startedAt).toBeLessThan(1_000);
    },
  );

  it('is not asked any more after five failures in a row', async () => {
    const visitor = world.visitor();
    await connect(visitor, 'key-c');
    await world.failMemori({ action: 'status', status: 503, times: 5 });
    for (let call = 0; call < 6; call += 1) {
      expect(await world.recallWhole(visitor, 'Anything?')).toMatchObject({ degraded: ['memori'] });
    }
    const calls = (await journal()).match(/"path":"\/v1\/chat"/g) ?? [];
    expect(calls).toHaveLength(5);
    expect(await world.bus.ask(memoryHealth, {}, world.context())).toEqual({ memori: 'unavailable' });
  });

  it('whose key is refused keeps what was to be sent until another key comes', async () => {
    const visitor = world.visitor();
    await connect(visitor, 'an-invalid-key');
    await world.say(visitor, { question: 'Please keep this.' });
    await eventually(async () => (await deliveriesOf(visitor))[0]?.['state'] === 'parked');
    await connect(visitor, 'better-key');
    await sent(visitor);
    expect(await journal()).toContain('Please keep this.');
  });

  it('has a turn sent again that Memori did not take', async () => {
    const visitor = world.visitor();
    await connect(visitor, 'key-d');
    await world.failMemori({ action: 'status', status: 502, times: 1 });
    await world.say(visitor, { question: 'Try me twice.' });
    await eventually(async () => (await deliveriesOf(visitor))[0]?.['last_error'] === 'unreachable');
    await sent(visitor);
    expect(await deliveriesOf(visitor)).toMatchObject([{ attempt: 2 }]);
  });

  it('gives a turn up that Memori will never take, and keeps no word of it', async () => {
    const visitor = world.visitor();
    await connect(visitor, 'key-e');
    await world.failMemori({ action: 'status', status: 422, times: 1 });
    await world.say(visitor, { question: 'Never.' });
    await eventually(async () => (await deliveriesOf(visitor))[0]?.['state'] === 'dead');
    expect(await deliveriesOf(visitor)).toMatchObject([{ question: '', last_error: 'refused by Memori' }]);
  });

  it('is told that Memori holds a copy of a visitor who is forgotten', async () => {
    const visitor = world.visitor();
    await connect(visitor, 'key-f');
    await world.say(visitor, { question: 'Forget me later.' });
    await sent(visitor);
    const subject = { domain_id: visitor.domainId, user_id: visitor.userId };
    const forgotten = await world.bus.ask(forgetUser, subject, world.context());
    expect(forgotten).toEqual({ forgotten: 2, remote_copies: ['memori'] });
    expect(await deliveriesOf(visitor)).toEqual([]);
  });
});
