import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask, countSessions } from '../../shared/contracts/chat.ts';
import { listDocuments, listKnowledgeBases } from '../../shared/contracts/knowledge.ts';
import { memoryHealth } from '../../shared/contracts/memory.ts';
import { countDomains } from '../../shared/contracts/provisioning.ts';
import { Failure } from '../../shared/errors/failure.ts';
import { acmeId, acmeKey, anAnswer, messageId, sessionId } from './testing/builders.ts';
import { script, scriptTwoDomains } from './testing/scripted.ts';
import { send } from './testing/send.ts';
import { startTestGateway, type TestGateway } from './testing/start.ts';

const key = { authorization: `Bearer ${acmeKey}` };

const scriptHealth = async ({ bus }: TestGateway): Promise<void> => {
  await script(bus, countDomains, () => ({ domains: 3, active_agents: 2, cloud_trouble: [] }));
  await script(bus, countSessions, () => ({ active_sessions: 5, agent_trouble: [] }));
};

describe('health', () => {
  it('is 200 with every inherited field when all parts answer', async () => {
    const gateway = await startTestGateway();
    await scriptHealth(gateway);
    await script(gateway.bus, listKnowledgeBases, () => ({ knowledge_bases: [], total: 4, next_cursor: null }));
    await script(gateway.bus, memoryHealth, () => ({ memori: 'ok' }));
    const reply = await send(gateway, '/health');
    expect(reply.status).toBe(200);
    expect(reply.json).toEqual({
      status: 'healthy',
      database: 'ok',
      digitalocean: 'configured',
      memori: 'ok',
      bus: 'ok',
      services: { gateway: 'ok', provisioning: 'ok', knowledge: 'ok', chat: 'ok', memory: 'ok' },
      timestamp: expect.stringMatching(/Z$/) as unknown,
      active_sessions: 5,
      active_agents: 2,
      knowledge_bases: 4,
    });
    await gateway.stop();
  });

  it('is 200 and degraded while memory is away, and says which part is ill', async () => {
    const gateway = await startTestGateway();
    await scriptHealth(gateway);
    await script(gateway.bus, listKnowledgeBases, () => {
      throw new Failure('service_unavailable', { detail: 'The database did not answer' });
    });
    const reply = await send(gateway, '/health');
    expect([reply.status, reply.json.status, reply.json.memori]).toEqual([200, 'degraded', 'unavailable']);
    expect(reply.json.services).toMatchObject({
      chat: 'ok',
      knowledge: 'The database did not answer',
      memory: 'does not answer',
    });
    await gateway.stop();
  });

  it('is 200 and degraded while the cloud or an agent is out of order, and says which', async () => {
    const gateway = await startTestGateway();
    const cloud_trouble = ['provisioning:cloud (1 of 3)'];
    await script(gateway.bus, countDomains, () => ({ domains: 3, active_agents: 2, cloud_trouble }));
    await script(gateway.bus, countSessions, () => ({ active_sessions: 5, agent_trouble: ['agent (1 of 2)'] }));
    const reply = await send(gateway, '/health');
    expect([reply.status, reply.json.status]).toEqual([200, 'degraded']);
    expect(reply.json).toMatchObject({ digitalocean: 'out of order: provisioning:cloud (1 of 3), agent (1 of 2)' });
    await gateway.stop();
  });

  it('is 503 when it cannot serve: no chat, or no database', async () => {
    const gateway = await startTestGateway();
    const withoutChat = await send(gateway, '/health');
    expect([withoutChat.status, withoutChat.json.status]).toEqual([503, 'unhealthy']);
    expect(withoutChat.headers.get('retry-after')).toBeTruthy();
    await gateway.stop();

    const another = await startTestGateway();
    await scriptHealth(another);
    another.readiness.state = { ready: false, process: 'running', bus: 'ok', database: 'not reachable' };
    expect((await send(another, '/health')).json).toMatchObject({ status: 'unhealthy', database: 'not reachable' });
    const ready = await send(another, '/health/ready');
    expect([ready.status, ready.json.ready, ready.headers.get('retry-after')]).toEqual([503, false, '1']);
    expect((await send(another, '/health/live')).json).toEqual({ status: 'live' });
    await another.stop();
  });

  it('asks its parts once in two seconds, however often it is asked', async () => {
    const gateway = await startTestGateway();
    const asked = await script(gateway.bus, countSessions, () => ({ active_sessions: 5, agent_trouble: [] }));
    await Promise.all(Array.from({ length: 20 }, () => send(gateway, '/health')));
    expect(asked.length).toBe(1);
    await gateway.stop();
  });

  it('metrics count requests by the pattern of their route', async () => {
    const gateway = await startTestGateway();
    await send(gateway, '/conversations/somebody-s-session', { headers: { 'x-domain-id': acmeId } });
    const reply = await send(gateway, '/metrics');
    expect(reply.headers.get('content-type')).toContain('text/plain');
    expect(reply.text).toMatch(
      /parley_http_request_seconds_count\{method="GET",route="\/conversations\/:session_id",status="\d+"\}/,
    );
    expect(reply.text).not.toContain('somebody-s-session');
    await gateway.stop();
  });
});

describe('pages', () => {
  let gateway: TestGateway;
  let webRoot: string;
  beforeAll(async () => {
    webRoot = await mkdtemp(join(tmpdir(), 'parley-web-'));
    await mkdir(join(webRoot, 'assets'));
    const files = {
      'index.html': '<!doctype html>home',
      'demo.html': '<!doctype html>demo',
      'docs.html': '<!doctype html>docs',
      'knowledge_upload_demo.html': '<!doctype html>upload',
      'widget.js': 'widget',
      'assets/app-0A1B2C3D.js': 'app',
      'assets/app-0A1B2C3D.js.br': 'packed',
    };
    for (const [name, text] of Object.entries(files)) await writeFile(join(webRoot, name), text);
    await writeFile(
      join(webRoot, 'demo.json'),
      JSON.stringify({ domain_id: acmeId, api_key: acmeKey, domain_name: 'x' }),
    );
    gateway = await startTestGateway({ WEB_ROOT: webRoot, DEMO_FILE: join(webRoot, 'demo.json') });
    await scriptTwoDomains(gateway.bus);
    await script(gateway.bus, listDocuments, () => ({ documents: [], total: 0, next_cursor: null }));
  });
  afterAll(async () => {
    await gateway.stop();
    await rm(webRoot, { recursive: true });
  });

  it.each([
    ['/', 'home'],
    ['/docs', 'docs'],
    ['/knowledge-upload-demo', 'upload'],
    ['/static/demo.html', 'demo'],
    ['/static/knowledge_upload_demo.html', 'upload'],
    ['/docs/errors', 'id="agent_deploying"'],
  ])('%s is a page under a strict policy', async (path, text) => {
    const reply = await send(gateway, path);
    expect(reply.status).toBe(200);
    expect(reply.headers.get('content-type')).toContain('text/html');
    expect(reply.text).toContain(text);
    const policy = reply.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("script-src 'self'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain('unsafe');
    expect(reply.headers.get('x-content-type-options')).toBe('nosniff');
    expect(reply.headers.get('x-request-id')).toBeTruthy();
  });

  it('the widget may be loaded by any site, for a short time', async () => {
    const reply = await send(gateway, '/static/widget.js');
    expect(reply.headers.get('content-type')).toContain('javascript');
    expect(reply.headers.get('access-control-allow-origin')).toBe('*');
    expect(reply.headers.get('cross-origin-resource-policy')).toBe('cross-origin');
    expect(reply.headers.get('cache-control')).toBe('public, max-age=300');
    const again = await send(gateway, '/static/widget.js', {
      headers: { 'if-none-match': reply.headers.get('etag') ?? '', 'cache-control': 'max-age=0' },
    });
    expect(again.status).toBe(304);
  });

  it('a file with a hash in its name is kept for ever, packed where the client takes it', async () => {
    const plain = await send(gateway, '/static/assets/app-0A1B2C3D.js', { headers: { 'accept-encoding': 'identity' } });
    expect(plain.text).toBe('app');
    expect(plain.headers.get('cache-control')).toContain('immutable');
    const packed = await fetch(`${gateway.url}/static/assets/app-0A1B2C3D.js`, {
      method: 'HEAD',
      headers: { 'accept-encoding': 'br' },
    });
    expect(packed.headers.get('content-encoding')).toBe('br');
    expect(packed.headers.get('content-type')).toContain('javascript');
    expect(packed.headers.get('cache-control')).toContain('immutable');
  });

  it('a build that is missing is said in words', async () => {
    const bare = await startTestGateway();
    const reply = await send(bare, '/');
    expect([reply.status, reply.json.detail]).toEqual([404, 'The pages are not built: npm run build']);
    await bare.stop();
  });

  it('the demo domain is told on this machine', async () => {
    const reply = await send(gateway, '/demo/info');
    expect(reply.json).toEqual({
      domain_id: acmeId,
      domain_name: 'acme.example',
      state: 'ready',
      suggested_questions: [],
      documents: [],
      api_key: acmeKey,
      admin_key_hint: 'test_api_key_123',
    });
    const forwarded = await send(gateway, '/demo/info', { headers: { 'x-forwarded-for': '9.9.9.9' } });
    expect(forwarded.status).toBe(404);
  });

  it('the API description is served', async () => {
    const reply = await send(gateway, '/openapi.json');
    expect(reply.json.openapi).toBe('3.1.0');
  });
});

describe('stopping', () => {
  it('lets an answer that is under way finish, and takes nothing new', async () => {
    const gateway = await startTestGateway();
    await scriptTwoDomains(gateway.bus);
    let finish = (): void => undefined;
    const begun = new Promise<void>((resolve) => {
      void gateway.bus.answerStream(ask, async function* () {
        yield { type: 'meta' as const, message_id: messageId, session_id: sessionId };
        resolve();
        await new Promise<void>((end) => (finish = end));
        yield { type: 'end' as const, answer: anAnswer() };
      });
    });
    const body = { question: 'Hi?', session_id: sessionId };
    const asking = send(gateway, '/ask', { headers: key, body });
    await begun;
    const stopping = gateway.stop();
    await expect(connectTo(gateway.port)).rejects.toThrow('ECONNREFUSED');
    finish();
    expect((await asking).json).toEqual(anAnswer());
    await stopping;
  });

  it('does not wait for a connection that never asked anything', async () => {
    const gateway = await startTestGateway();
    const socket = connect(gateway.port, '127.0.0.1');
    await new Promise((resolve) => socket.once('connect', resolve));
    await send(gateway, '/health/live');
    const startedAt = performance.now();
    await gateway.stop();
    expect(performance.now() - startedAt).toBeLessThan(3_000);
    socket.destroy();
  });
});

const connectTo = (port: number): Promise<void> =>
  new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve();
    });
    socket.on('error', reject);
  });
