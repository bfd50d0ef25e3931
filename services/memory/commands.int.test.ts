import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { correctFact, forgetUser, listMemories } from '../../shared/contracts/memory.ts';
import { openWorld, type MemoryWorld, type Visitor } from './testing/world.ts';

let world: MemoryWorld;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

const minuteMs = 60_000;
const listed = (visitor: Visitor) =>
  world.bus.ask(listMemories, { domain_id: visitor.domainId, user_id: visitor.userId }, world.context());
const textsOf = async (visitor: Visitor): Promise<string[]> =>
  (await listed(visitor)).memories.filter(({ role }) => role === 'user').map(({ text }) => text);
const ago = (minutes: number): number => Date.now() - minutes * minuteMs;

describe('a visitor who says', () => {
  it('"forget that" is forgotten as far as this conversation goes, and the words are not kept', async () => {
    const visitor = world.visitor();
    const sessionId = randomUUID();
    await world.say(visitor, { question: 'I live in Graz.', answeredAt: ago(9) });
    await world.say(visitor, { question: 'I am on the Pro plan.', sessionId, answeredAt: ago(8) });
    await world.say(visitor, { question: 'Forget that.', sessionId, answeredAt: ago(7) });
    await world.say(visitor, { question: 'My lamp is red.', sessionId, answeredAt: ago(6) });
    expect(await textsOf(visitor)).toEqual(['My lamp is red.', 'I live in Graz.']);
    expect((await listed(visitor)).facts.map(({ value }) => value)).toEqual(['Graz']);
  });

  it('"forget me" loses all from before, and nothing from after when the words come once more', async () => {
    const visitor = world.visitor();
    const words = { question: 'Forget everything about me', messageId: randomUUID(), answeredAt: ago(8) };
    await world.say(visitor, { question: 'I live in Graz.', answeredAt: ago(9) });
    await world.say(visitor, words);
    expect(await textsOf(visitor)).toEqual([]);
    await world.say(visitor, { question: 'I live in Linz.', answeredAt: ago(7) });
    await world.say(visitor, words);
    expect(await textsOf(visitor)).toEqual(['I live in Linz.']);
  });

  it('"do not remember me" is not remembered until they allow it again', async () => {
    const visitor = world.visitor();
    await world.say(visitor, { question: 'I live in Graz.', answeredAt: ago(9) });
    await world.say(visitor, { question: "Don't remember me.", answeredAt: ago(8) });
    await world.say(visitor, { question: 'I live in Wels.', answeredAt: ago(7) });
    expect(await textsOf(visitor)).toEqual([]);
    await world.say(visitor, { question: 'You may remember me again', answeredAt: ago(6) });
    await world.say(visitor, { question: 'I live in Linz.', answeredAt: ago(5) });
    expect(await textsOf(visitor)).toEqual(['I live in Linz.']);
  });
});

describe('an operator', () => {
  it('puts a fact right; what was said stays as history', async () => {
    const visitor = world.visitor();
    const subject = { domain_id: visitor.domainId, user_id: visitor.userId };
    await world.say(visitor, { question: 'I am on the Basic plan.', answeredAt: ago(9) });
    const [fact] = (await listed(visitor)).facts;
    const correction = { ...subject, fact_id: fact?.id ?? '', value: 'Pro' };
    const corrected = await world.bus.ask(correctFact, correction, world.context());
    expect(corrected.fact).toMatchObject({ key: 'environment.plan', value: 'Pro', valid_to: null, sources: [] });
    expect((await listed(visitor)).facts.map(({ value, valid_to }) => [value, valid_to === null])).toEqual([
      ['Pro', true],
      ['Basic', false],
    ]);
    const other = { ...correction, user_id: 'somebody-else' };
    await expect(world.bus.ask(correctFact, other, world.context())).rejects.toMatchObject({ code: 'not_found' });
  });

  it('forgets one memory with the facts in it, never another visitor’s', async () => {
    const visitor = world.visitor();
    await world.say(visitor, { question: 'I live in Graz.', answeredAt: ago(9) });
    await world.say(visitor, { question: 'I am on the Basic plan.', answeredAt: ago(8) });
    const memory = (await listed(visitor)).memories.find(({ text }) => text === 'I live in Graz.');
    const one = { domain_id: visitor.domainId, user_id: visitor.userId, memory_id: memory?.id ?? '' };
    const asOther = { ...one, user_id: 'somebody-else' };
    expect(await world.bus.ask(forgetUser, asOther, world.context())).toMatchObject({ forgotten: 0 });
    expect(await world.bus.ask(forgetUser, one, world.context())).toEqual({ forgotten: 1, remote_copies: [] });
    expect((await listed(visitor)).facts.map(({ value }) => value)).toEqual(['Basic']);
  });
});
