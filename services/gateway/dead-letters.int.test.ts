import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { deadLetterQueries } from '../../shared/contracts/dead-letters.ts';
import { storingOwners, type StoringOwner } from '../../shared/contracts/message.ts';
import { Failure } from '../../shared/errors/failure.ts';
import { acmeId, acmeKey, adminKey } from './testing/builders.ts';
import { script, scriptTwoDomains } from './testing/scripted.ts';
import { send } from './testing/send.ts';
import { startTestGateway, type TestGateway } from './testing/start.ts';

const headers = { authorization: `Bearer ${adminKey}` };
const idOf = (n: number): string => `0191d5a0-0000-7000-8000-00000000000${n}`;
const aLetter = (owner: StoringOwner, n: number) => ({
  id: idOf(n),
  owner,
  consumer: `${owner}:evt.chat.question-answered.v1`,
  subject: `evt.chat.question-answered.v1.${acmeId}`,
  message_id: idOf(n),
  domain_id: acmeId,
  reason: 'document_broken',
  attempts: 1,
  state: 'dead' as const,
  buried_at: `2026-01-02T03:04:0${n}.000Z`,
});

let gateway: TestGateway;
beforeEach(async () => {
  gateway = await startTestGateway();
});
afterEach(() => gateway.stop());

/** An owner whose letters are the given ones, newest first. */
const scriptOwner = async (owner: StoringOwner, ns: readonly number[]) => {
  const { list, get, discard } = deadLetterQueries[owner];
  await script(gateway.bus, list, ({ cursor, limit }) => {
    const left = ns.filter((n) => cursor === undefined || n < Number(cursor));
    const dead_letters = left.slice(0, limit).map((n) => ({ ...aLetter(owner, n), cursor: String(n) }));
    return { dead_letters, total: ns.length, has_more: left.length > limit };
  });
  const find = (id: string) => {
    const n = ns.find((candidate) => idOf(candidate) === id);
    if (n === undefined) throw new Failure('not_found');
    return aLetter(owner, n);
  };
  await script(gateway.bus, get, ({ id }) => ({ ...find(id), message: '{"question":"who?"}' }));
  await script(gateway.bus, discard, ({ id }) => {
    find(id);
    throw new Failure('conflict', { detail: 'It is being replayed' });
  });
};

const list = async (query: string) => {
  const reply = await send(gateway, `/dead-letters${query}`, { headers });
  return JSON.parse(reply.text) as {
    dead_letters: { id: string; cursor?: string }[];
    total: number;
    next_cursor: string | null;
    unavailable: string[];
  };
};

describe('/dead-letters', () => {
  it('lists those of all owners in one order, page by page, each once', async () => {
    await scriptOwner('provisioning', [8, 3]);
    await scriptOwner('knowledge', []);
    await scriptOwner('chat', [7, 6, 5, 1]);
    await scriptOwner('memory', [9, 4, 2]);
    const found: string[] = [];
    let query = '?limit=2';
    for (let page = await list(query); ; page = await list(query)) {
      expect(page).toMatchObject({ total: 9, unavailable: [] });
      expect(page.dead_letters.every((letter) => letter.cursor === undefined)).toBe(true);
      found.push(...page.dead_letters.map(({ id }) => id));
      if (page.next_cursor === null) break;
      query = `?limit=2&cursor=${page.next_cursor}`;
    }
    expect(found).toEqual([9, 8, 7, 6, 5, 4, 3, 2, 1].map(idOf));
  });

  it('lists what can be had and names the owners that do not answer', async () => {
    await scriptOwner('memory', [2]);
    const page = await list('');
    expect(page.dead_letters.map(({ id }) => id)).toEqual([idOf(2)]);
    expect(page.unavailable).toEqual(storingOwners.filter((owner) => owner !== 'memory'));
  });

  it('asks only the owner that is named', async () => {
    await scriptOwner('memory', [2]);
    await scriptOwner('chat', [1]);
    const page = await list('?owner=chat');
    expect(page).toMatchObject({ total: 1, unavailable: [], dead_letters: [{ id: idOf(1) }] });
  });

  it('shows one with its message, whoever owns it; a missing one is not found', async () => {
    for (const owner of storingOwners) await scriptOwner(owner, owner === 'chat' ? [5] : []);
    const shown = await send(gateway, `/dead-letters/${idOf(5)}`, { headers });
    expect([shown.status, shown.json.message]).toEqual([200, '{"question":"who?"}']);
    const missing = await send(gateway, `/dead-letters/${idOf(6)}`, { headers });
    expect([missing.status, missing.json.code]).toEqual([404, 'not_found']);
  });

  it('does not call a letter missing while its owner may be the one that is away', async () => {
    await scriptOwner('memory', []);
    const reply = await send(gateway, `/dead-letters/${idOf(6)}`, { headers });
    expect([reply.status, reply.json.code]).toEqual([503, 'service_unavailable']);
  });

  it('passes on what the owner refuses', async () => {
    for (const owner of storingOwners) await scriptOwner(owner, owner === 'chat' ? [5] : []);
    const reply = await send(gateway, `/dead-letters/${idOf(5)}`, { method: 'DELETE', headers });
    expect([reply.status, reply.json.code]).toEqual([409, 'conflict']);
  });

  it('opens to the admin key alone', async () => {
    await scriptTwoDomains(gateway.bus);
    const reply = await send(gateway, '/dead-letters', { headers: { authorization: `Bearer ${acmeKey}` } });
    expect([reply.status, reply.json.code]).toEqual([403, 'forbidden']);
  });
});
