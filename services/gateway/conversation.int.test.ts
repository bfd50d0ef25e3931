import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { getConversation, getSession, listSessions, openSession, recordFeedback } from '../../shared/contracts/chat.ts';
import { Failure } from '../../shared/errors/failure.ts';
import { acmeId, acmeKey, aSession, messageId, now, sessionId } from './testing/builders.ts';
import { script, scriptTwoDomains } from './testing/scripted.ts';
import { send } from './testing/send.ts';
import { startTestGateway, type TestGateway } from './testing/start.ts';

const page = { 'x-domain-id': acmeId, origin: 'https://acme.example' };
const key = { authorization: `Bearer ${acmeKey}` };
const session = { session_id: sessionId, user_id: 'anna', created_at: now, website_url: null };
const message = {
  id: messageId,
  session_id: sessionId,
  user_id: 'anna',
  role: 'user' as const,
  content: 'Hi',
  citations: [],
  degraded: [],
  created_at: now,
};

describe('sessions and conversations', () => {
  let gateway: TestGateway;
  beforeEach(async () => {
    gateway = await startTestGateway();
    await scriptTwoDomains(gateway.bus);
  });
  afterEach(() => gateway.stop());

  it('a session opens with and without a body', async () => {
    const opened = await script(gateway.bus, openSession, ({ user_id }) => ({ session: aSession({ user_id }) }));
    const named = await send(gateway, '/session', {
      headers: page,
      body: { user_id: 'anna', website_url: 'https://acme.example/' },
    });
    const bare = await send(gateway, '/session', { method: 'POST', headers: page });
    expect(named.json).toEqual(session);
    expect(bare.json.user_id).toBe('anonymous');
    expect(opened).toEqual([
      { domain_id: acmeId, user_id: 'anna', website_url: 'https://acme.example/' },
      { domain_id: acmeId, user_id: 'anonymous' },
    ]);
  });

  it('a visitor reads only the own session, a key any of its domain', async () => {
    await script(gateway.bus, getSession, () => ({ session: aSession() }));
    const read = (query: string, headers: Record<string, string>) =>
      send(gateway, `/sessions/${sessionId}${query}`, { headers });
    expect((await read('?user_id=anna', page)).json).toEqual({ ...session, last_activity: now, status: 'active' });
    expect((await read('?user_id=bert', page)).json.code).toBe('session_unknown');
    expect((await read('', page)).status).toBe(404);
    expect((await read('', key)).status).toBe(200);
    expect((await read('?user_id=bert', key)).status).toBe(404);
  });

  it.each([`/conversations/${sessionId}`, `/sessions/${sessionId}/conversations`])(
    '%s gives the messages to who wrote them',
    async (path) => {
      const asked = await script(gateway.bus, getConversation, ({ user_id }) => {
        if (user_id !== undefined && user_id !== 'anna') throw new Failure('session_unknown');
        return { session: aSession(), messages: [message], total_messages: 1 };
      });
      const reply = await send(gateway, `${path}?user_id=anna`, { headers: page });
      expect(reply.json).toEqual({ session_id: sessionId, user_id: 'anna', messages: [message], total_messages: 1 });
      expect((await send(gateway, `${path}?user_id=bert`, { headers: page })).status).toBe(404);
      expect((await send(gateway, path, { headers: key })).status).toBe(200);
      expect(asked.map(({ user_id }) => user_id)).toEqual(['anna', 'bert', undefined]);
    },
  );

  it('lists page by cursor', async () => {
    const asked = await script(gateway.bus, listSessions, () => ({
      sessions: [aSession()],
      total: 3,
      next_cursor: 'c2',
    }));
    const reply = await send(gateway, '/sessions?limit=1&cursor=c1&user_id=anna', { headers: key });
    expect(reply.json).toEqual({
      sessions: [{ ...session, last_activity: now, status: 'active' }],
      total: 3,
      next_cursor: 'c2',
    });
    expect(asked).toEqual([{ domain_id: acmeId, limit: 1, cursor: 'c1', user_id: 'anna' }]);
  });

  it('feedback goes to chat with the session it belongs to', async () => {
    const given = await script(gateway.bus, recordFeedback, ({ rating }) => ({ message_id: messageId, rating }));
    const body = { session_id: sessionId, rating: 'down', comment: 'wrong' };
    const reply = await send(gateway, `/messages/${messageId}/feedback`, { headers: page, body });
    expect(reply.json).toEqual({ message_id: messageId, rating: 'down' });
    expect(given).toEqual([{ domain_id: acmeId, message_id: messageId, ...body }]);
  });
});
