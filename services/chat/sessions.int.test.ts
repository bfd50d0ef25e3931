import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  countSessions,
  getConversation,
  getSession,
  listSessions,
  openSession,
  recordFeedback,
} from '../../shared/contracts/chat.ts';
import { domainRemoved } from '../../shared/contracts/provisioning.ts';
import type { Failure } from '../../shared/errors/failure.ts';
import { envelopeFor } from '../../shared/outbox/outbox.ts';
import { eventually } from '../../tests/support/eventually.ts';
import { openWorld, type ChatWorld } from './testing/world.ts';

let world: ChatWorld;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

const wireOf = (asked: Promise<unknown>): Promise<unknown> =>
  asked.then(
    () => 'no failure',
    (thrown: unknown) => (thrown as Failure).toWire(),
  );

describe('opening a session', () => {
  it('twice with the same idempotency key gives the same session, with another body it is refused', async () => {
    const idempotency = { key: 'k1', request_hash: 'a'.repeat(64) };
    const input = { domain_id: world.domainId, user_id: 'marie', website_url: 'https://shop.example/', idempotency };
    const first = await world.bus.ask(openSession, input, world.context());
    expect(await world.bus.ask(openSession, input, world.context())).toEqual(first);
    expect(first.session).toMatchObject({ user_id: 'marie', website_url: 'https://shop.example/', status: 'active' });
    const other = { ...input, idempotency: { ...idempotency, request_hash: 'b'.repeat(64) } };
    await expect(world.bus.ask(openSession, other, world.context())).rejects.toMatchObject({
      code: 'idempotency_key_reused',
    });
  });
});

describe('a conversation', () => {
  it('is read oldest first, with the citations that were shown', async () => {
    const session_id = await world.openSession('paul');
    await world.ask({ session_id, question: 'One?' });
    await world.ask({ session_id, question: 'Two?' });
    const input = { domain_id: world.domainId, session_id, user_id: 'paul' };
    const { messages, total_messages } = await world.bus.ask(getConversation, input, world.context());
    expect(messages.map(({ role, content }) => `${role}: ${content}`)).toEqual([
      'user: One?',
      'assistant: Hello.',
      'user: Two?',
      'assistant: Hello.',
    ]);
    expect(total_messages).toBe(4);
    const newest = await world.bus.ask(getConversation, { ...input, limit: 1 }, world.context());
    expect(newest).toMatchObject({ messages: [{ id: messages[3]!.id }], total_messages: 4 });
  });

  it('of another domain or another user is refused like one that does not exist', async () => {
    const session_id = await world.openSession('paul');
    const failures = await Promise.all([
      wireOf(world.bus.ask(getConversation, { domain_id: world.domainId, session_id: randomUUID() }, world.context())),
      wireOf(world.bus.ask(getConversation, { domain_id: randomUUID(), session_id }, world.context())),
      wireOf(
        world.bus.ask(getConversation, { domain_id: world.domainId, session_id, user_id: 'eve' }, world.context()),
      ),
      wireOf(world.bus.ask(getSession, { domain_id: randomUUID(), session_id }, world.context())),
    ]);
    expect(failures[0]).toMatchObject({ code: 'session_unknown' });
    for (const failure of failures) expect(failure).toEqual(failures[0]);
  });
});

it('sessions are listed newest first, page by page, and only those of the domain', async () => {
  const domain_id = randomUUID();
  const opened: string[] = [];
  for (const user of ['a', 'b', 'a']) opened.unshift(await world.openSession(user, domain_id));
  const first = await world.bus.ask(listSessions, { domain_id, limit: 2 }, world.context());
  expect(first.total).toBe(3);
  const second = await world.bus.ask(
    listSessions,
    { domain_id, limit: 2, cursor: first.next_cursor! },
    world.context(),
  );
  expect(second.next_cursor).toBeNull();
  const listed = [...first.sessions, ...second.sessions].map(({ session_id }) => session_id);
  expect(listed.toSorted()).toEqual(opened.toSorted());
  const ofUser = await world.bus.ask(listSessions, { domain_id, user_id: 'b' }, world.context());
  expect(ofUser.sessions.map(({ session_id }) => session_id)).toEqual([opened[1]]);
  await expect(world.bus.ask(listSessions, { cursor: 'nonsense' }, world.context())).rejects.toMatchObject({
    code: 'invalid_request',
  });
});

describe('feedback', () => {
  it('is kept for an answer, the last word counts, and it is told', async () => {
    const session_id = await world.openSession();
    const { message_id } = await world.ask({ session_id });
    const given = { domain_id: world.domainId, session_id, message_id };
    await world.bus.ask(recordFeedback, { ...given, rating: 'up' }, world.context());
    await world.bus.ask(recordFeedback, { ...given, rating: 'down', comment: 'Not what I asked' }, world.context());
    expect(await world.sql('select rating, comment from feedback where message_id = $1', [message_id])).toEqual([
      { rating: 'down', comment: 'Not what I asked' },
    ]);
    const told = await world.sql(`select 1 from outbox where envelope->>'name' = 'FeedbackGiven'`);
    expect(told).toHaveLength(2);
  });

  it('for a question, a missing message or another domain’s is refused alike', async () => {
    const session_id = await world.openSession();
    const { message_id } = await world.ask({ session_id });
    const [question] = await world.sql<{ id: string }>(
      `select id from conversation_history where session_id = $1 and role = 'user'`,
      [session_id],
    );
    const rate = (input: { domain_id: string; message_id: string }): Promise<unknown> =>
      wireOf(world.bus.ask(recordFeedback, { ...input, session_id, rating: 'up' }, world.context()));
    const failures = await Promise.all([
      rate({ domain_id: world.domainId, message_id: randomUUID() }),
      rate({ domain_id: world.domainId, message_id: question!.id }),
      rate({ domain_id: randomUUID(), message_id }),
    ]);
    expect(failures[0]).toMatchObject({ code: 'not_found' });
    for (const failure of failures) expect(failure).toEqual(failures[0]);
  });
});

it('active sessions are counted', async () => {
  const { active_sessions } = await world.bus.ask(countSessions, {}, world.context());
  expect(active_sessions).toBeGreaterThan(0);
});

it('when a domain is removed its sessions and what was told of them go, and no other domain’s', async () => {
  const domain = randomUUID();
  await Promise.all(Array.from({ length: 5 }, () => world.openSession('x', domain)));
  const kept = await world.openSession('x');
  const envelope = envelopeFor(world.clock, domainRemoved, { domainId: domain, data: { website_key: 'k' } });
  await world.bus.publish(domainRemoved, envelope);
  await eventually(async () => {
    const rows = await world.sql(
      `select domain_id from user_sessions where domain_id = $1
       union all select ordered_by from outbox where ordered_by = $1`,
      [domain],
    );
    return rows.length === 0;
  }, 15_000);
  expect(await world.sql('select 1 from user_sessions where session_id = $1', [kept])).toHaveLength(1);
});
