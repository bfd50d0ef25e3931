import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { getConversation, listSessions, openSession } from '../../shared/contracts/chat.ts';
import { listDocuments } from '../../shared/contracts/knowledge.ts';
import { domainUpdated, listAgents, listDomains } from '../../shared/contracts/provisioning.ts';
import { Failure } from '../../shared/errors/failure.ts';
import {
  acmeId,
  acmeKey,
  aDomain,
  adminKey,
  aSession,
  goneId,
  otherId,
  otherKey,
  sessionId,
} from './testing/builders.ts';
import { anEvent } from './testing/events.ts';
import { script, scriptTwoDomains } from './testing/scripted.ts';
import { send } from './testing/send.ts';
import { startTestGateway, type TestGateway } from './testing/start.ts';

const acmePage = { origin: 'https://www.acme.example' };
const bearer = (key: string) => ({ authorization: `Bearer ${key}` });
const emptyPage = { total: 0, next_cursor: null };

const answerAll = async (gateway: TestGateway) => ({
  ...(await scriptTwoDomains(gateway.bus)),
  opened: await script(gateway.bus, openSession, ({ domain_id, user_id }) => ({
    session: aSession({ domain_id, user_id }),
  })),
  listed: await script(gateway.bus, listSessions, () => ({ sessions: [], ...emptyPage })),
  documents: await script(gateway.bus, listDocuments, () => ({ documents: [], ...emptyPage })),
  agents: await script(gateway.bus, listAgents, () => ({ agents: [], ...emptyPage })),
  domainLists: await script(gateway.bus, listDomains, () => ({ domains: [], ...emptyPage })),
  conversations: await script(gateway.bus, getConversation, ({ domain_id }) => {
    if (domain_id !== acmeId) throw new Failure('session_unknown');
    return { session: aSession(), messages: [], total_messages: 0 };
  }),
});

describe('credentials in development', () => {
  let gateway: TestGateway;
  let asked: Awaited<ReturnType<typeof answerAll>>;
  beforeAll(async () => {
    gateway = await startTestGateway();
    asked = await answerAll(gateway);
  });
  afterAll(() => gateway.stop());

  const session = (headers: Record<string, string>) => send(gateway, '/session', { headers, body: {} });

  it.each([
    ['a page of the domain', { 'x-domain-id': acmeId, ...acmePage }],
    ['an allowed origin', { 'x-domain-id': acmeId, origin: 'https://partner.example:8443' }],
    ['a Referer of the domain', { 'x-domain-id': acmeId, referer: 'https://acme.example/shop' }],
    ['the id in capitals', { 'x-domain-id': acmeId.toUpperCase(), ...acmePage }],
    ['no page at all, on this machine', { 'x-domain-id': acmeId }],
    ['the domain key from anywhere', { ...bearer(acmeKey), origin: 'https://evil.test' }],
    ['the domain key and its id', { ...bearer(acmeKey), 'x-domain-id': acmeId }],
    ['the admin key and an id', { ...bearer(adminKey), 'x-domain-id': acmeId }],
  ])('a session opens for %s', async (_who, headers) => {
    const reply = await session(headers);
    expect(reply.status).toBe(200);
    expect(asked.opened.at(-1)).toMatchObject({ domain_id: acmeId, user_id: 'anonymous' });
  });

  it.each([
    ['no id', {}, 400, 'domain_id_missing'],
    ['an empty id', { 'x-domain-id': '' }, 400, 'domain_id_missing'],
    ['an id that is none', { 'x-domain-id': "1' OR '1'='1" }, 400, 'invalid_request'],
    ['two ids', { 'x-domain-id': `${acmeId}, ${otherId}` }, 400, 'invalid_request'],
    ['an unknown id', { 'x-domain-id': goneId, ...acmePage }, 401, 'domain_unknown'],
    ["another site's page", { 'x-domain-id': acmeId, origin: 'https://evil.test' }, 403, 'origin_mismatch'],
    ['a page without origin (null)', { 'x-domain-id': acmeId, origin: 'null' }, 403, 'origin_mismatch'],
    ['a look-alike', { 'x-domain-id': acmeId, origin: 'https://acme.example.evil.test' }, 403, 'origin_mismatch'],
    ["another tenant's page", { 'x-domain-id': acmeId, origin: 'https://other.example' }, 403, 'origin_mismatch'],
    [
      'a forwarded request without a page',
      { 'x-domain-id': acmeId, 'x-forwarded-for': '9.9.9.9' },
      403,
      'origin_mismatch',
    ],
    ['an unknown key', { ...bearer('nobody-nobody'), 'x-domain-id': acmeId }, 401, 'credential_invalid'],
    ['a Basic credential', { authorization: 'Basic YTpi', 'x-domain-id': acmeId }, 401, 'credential_invalid'],
    ['an empty Bearer', { authorization: 'Bearer ', 'x-domain-id': acmeId }, 401, 'credential_invalid'],
    ["another domain's key", { ...bearer(otherKey), 'x-domain-id': acmeId }, 403, 'forbidden'],
    ['the admin key without an id', bearer(adminKey), 400, 'domain_id_missing'],
  ])('a session is refused for %s', async (_who, headers, status, code) => {
    const before = asked.opened.length;
    const reply = await session(headers);
    expect([reply.status, reply.json.code]).toEqual([status, code]);
    expect(asked.opened.length).toBe(before);
  });

  it.each([
    ['/domains', {}, 401, 'credential_missing'],
    ['/domains', bearer('wrong'), 401, 'credential_invalid'],
    ['/domains', bearer(acmeKey), 403, 'forbidden'],
    ['/sessions', {}, 401, 'credential_missing'],
    ['/agents', { 'x-domain-id': acmeId, ...acmePage }, 401, 'credential_missing'],
    ['/memory/users/anna', { 'x-domain-id': acmeId, ...acmePage }, 401, 'credential_missing'],
    ['/memory/users/anna', bearer(adminKey), 400, 'domain_id_missing'],
    ['/events', { 'x-domain-id': acmeId, ...acmePage }, 401, 'credential_missing'],
    [`/domains/${acmeId}`, { 'x-domain-id': acmeId, ...acmePage }, 401, 'credential_missing'],
  ])('%s is not open to %j', async (path, headers, status, code) => {
    const reply = await send(gateway, path, { headers });
    expect([reply.status, reply.json.code]).toEqual([status, code]);
  });

  it('a domain key lists its own sessions, whatever it asks for; the admin lists all or one', async () => {
    await send(gateway, `/sessions?domain_id=${otherId}`, { headers: bearer(acmeKey) });
    expect(asked.listed.at(-1)?.domain_id).toBe(acmeId);
    await send(gateway, '/sessions', { headers: bearer(adminKey) });
    expect(asked.listed.at(-1)?.domain_id).toBeUndefined();
    await send(gateway, '/sessions', { headers: { ...bearer(adminKey), 'x-domain-id': otherId } });
    expect(asked.listed.at(-1)?.domain_id).toBe(otherId);
  });

  it("another domain's path and a missing one are the same 404", async () => {
    const sameId = { 'x-request-id': 'same' };
    const anothers = await send(gateway, `/domains/${otherId}`, { headers: { ...bearer(acmeKey), ...sameId } });
    const missing = await send(gateway, `/domains/${goneId}`, { headers: { ...bearer(acmeKey), ...sameId } });
    const adminMissing = await send(gateway, `/domains/${goneId}`, { headers: { ...bearer(adminKey), ...sameId } });
    expect(anothers.status).toBe(404);
    expect(missing.text).toBe(anothers.text);
    expect(adminMissing.text).toBe(anothers.text);
  });

  it("another domain's session and a missing one are the same 404", async () => {
    const path = `/conversations/${sessionId}`;
    const sameId = { 'x-request-id': 'same' };
    const anothers = await send(gateway, path, { headers: { ...bearer(otherKey), ...sameId } });
    const missing = await send(gateway, `/conversations/${goneId}`, { headers: { ...bearer(otherKey), ...sameId } });
    expect([anothers.status, anothers.json.code]).toEqual([404, 'session_unknown']);
    expect(missing.text).toBe(anothers.text);
  });

  it('a burst for one domain looks it up once, and a change at its owner is seen at once', async () => {
    await send(gateway, '/domains', { headers: bearer(adminKey) });
    await session({ 'x-domain-id': otherId, origin: 'https://other.example' });
    const before = asked.lookups.length;
    const burst = Array.from({ length: 20 }, () =>
      session({ 'x-domain-id': otherId, origin: 'https://other.example' }),
    );
    expect((await Promise.all(burst)).every(({ status }) => status === 200)).toBe(true);
    expect(asked.lookups.length).toBe(before);
    asked.domains.set(otherId, aDomain({ domain_id: otherId, domain_name: 'renamed.example', settings: {} }));
    await gateway.bus.publish(domainUpdated, anEvent(domainUpdated, otherId, { changed: ['domain_name'] }));
    await expect
      .poll(async () => (await session({ 'x-domain-id': otherId, origin: 'https://other.example' })).status)
      .toBe(403);
  });

  it('a domain that is being removed is unknown to visitors', async () => {
    const removed = '0191d5a0-0000-7000-8000-000000000003';
    asked.domains.set(removed, aDomain({ domain_id: removed, state: 'deleting' }));
    const reply = await session({ 'x-domain-id': removed, ...acmePage });
    expect([reply.status, reply.json.code]).toEqual([401, 'domain_unknown']);
  });

  it('a public id may read and write knowledge', async () => {
    expect((await send(gateway, '/knowledge/documents', { headers: { 'x-domain-id': acmeId } })).status).toBe(200);
  });

  describe('towards browsers', () => {
    it('an allowed origin is echoed, never with credentials', async () => {
      const reply = await session({ 'x-domain-id': acmeId, ...acmePage });
      expect(reply.headers.get('access-control-allow-origin')).toBe(acmePage.origin);
      expect(reply.headers.get('access-control-allow-credentials')).toBeNull();
      expect(reply.headers.get('vary')).toContain('Origin');
    });

    it('a refusal behind the origin check is readable by the page too', async () => {
      const reply = await send(gateway, '/ask', { headers: { 'x-domain-id': acmeId, ...acmePage }, body: {} });
      expect(reply.status).toBe(400);
      expect(reply.headers.get('access-control-allow-origin')).toBe(acmePage.origin);
    });

    it.each([
      ['a foreign page', { 'x-domain-id': acmeId, origin: 'https://evil.test' }],
      ['a foreign page with the key', { ...bearer(acmeKey), origin: 'https://evil.test' }],
    ])('%s gets no such header', async (_who, headers) => {
      expect((await session(headers)).headers.get('access-control-allow-origin')).toBeNull();
    });

    it('a preflight of a web origin may go on; of none other', async () => {
      const preflight = (origin: string) =>
        send(gateway, '/ask', { method: 'OPTIONS', headers: { origin, 'access-control-request-method': 'POST' } });
      const allowed = await preflight('https://anything.example');
      expect(allowed.status).toBe(204);
      expect(allowed.headers.get('access-control-allow-origin')).toBe('https://anything.example');
      expect(allowed.headers.get('access-control-allow-headers')).toContain('X-Domain-ID');
      expect(allowed.headers.get('access-control-allow-credentials')).toBeNull();
      expect((await preflight('null')).status).toBe(403);
    });
  });
});

describe('credentials in production', () => {
  const strongKey = 'p'.repeat(43);
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startTestGateway({
      NODE_ENV: 'production',
      HOST: '127.0.0.1',
      ADMIN_API_KEY: strongKey,
      CORS_ORIGINS: 'https://console.parley.example',
    });
    await answerAll(gateway);
  });
  afterAll(() => gateway.stop());

  it('a request without a page is refused even on this machine', async () => {
    const reply = await send(gateway, '/session', { headers: { 'x-domain-id': acmeId }, body: {} });
    expect([reply.status, reply.json.code]).toEqual([403, 'origin_mismatch']);
  });

  it('a public id cannot touch knowledge, a key can', async () => {
    const headers = { 'x-domain-id': acmeId, ...acmePage };
    const reply = await send(gateway, '/knowledge/documents', { headers });
    expect([reply.status, reply.json.code, reply.json.success]).toEqual([401, 'credential_missing', false]);
    expect((await send(gateway, '/knowledge/documents', { headers: bearer(acmeKey) })).status).toBe(200);
  });

  it('the development admin key opens nothing', async () => {
    expect((await send(gateway, '/domains', { headers: bearer(adminKey) })).status).toBe(401);
    expect((await send(gateway, '/domains', { headers: bearer(strongKey) })).status).toBe(200);
  });

  it("an operator's page elsewhere may read answers, refusals too", async () => {
    const headers = { origin: 'https://console.parley.example', ...bearer('wrong') };
    const reply = await send(gateway, '/domains', { headers });
    expect(reply.status).toBe(401);
    expect(reply.headers.get('access-control-allow-origin')).toBe('https://console.parley.example');
  });

  it('the demo and its key are not there', async () => {
    expect((await send(gateway, '/demo/info')).status).toBe(404);
  });
});
