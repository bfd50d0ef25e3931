import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { getSession } from '../../shared/contracts/chat.ts';
import { getDocument, getJob } from '../../shared/contracts/knowledge.ts';
import {
  acmeId,
  acmeKey,
  adminKey,
  aJob,
  aSession,
  documentId,
  jobId,
  otherKey,
  sessionId,
} from './testing/builders.ts';
import { scriptOperation } from './testing/operation.ts';
import { openStream, type OpenStream } from './testing/open-stream.ts';
import { script, scriptTwoDomains } from './testing/scripted.ts';
import { send, sendRaw, type Reply } from './testing/send.ts';
import { startTestGateway, type TestGateway } from './testing/start.ts';

const key = { authorization: `Bearer ${acmeKey}` };
const admin = { authorization: `Bearer ${adminKey}` };

describe('a gateway at its limit', () => {
  let gateway: TestGateway;
  let release: () => void;
  let held: number;
  const start = async (environment: Readonly<Record<string, string>>) => {
    gateway = await startTestGateway(environment);
    const domains = await scriptTwoDomains(gateway.bus);
    const released = new Promise<void>((resolve) => (release = resolve));
    held = 0;
    await script(gateway.bus, getSession, async () => {
      held += 1;
      await released;
      return { session: aSession() };
    });
    return domains;
  };
  afterEach(async () => {
    release();
    await gateway.stop();
  });

  const chat = (headers = key): Promise<Reply> => send(gateway, `/sessions/${sessionId}`, { headers });
  const ingest = (): Promise<Reply> => send(gateway, `/knowledge/documents/${documentId}`, { headers: key });
  const administer = (): Promise<Reply> => send(gateway, `/domains/${acmeId}`, { headers: key });
  const expectOverloaded = (reply: Reply): void => {
    expect([reply.status, reply.json.code]).toEqual([503, 'overloaded']);
    expect(Number(reply.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    expect(Number(reply.headers.get('retry-after'))).toBeLessThanOrEqual(5);
  };

  it('refuses one kind of work past its places, and still does the others', async () => {
    await start({ IN_FLIGHT_MAX: '5' });
    const running = [chat(), chat(), chat()];
    await expect.poll(() => held).toBe(3);
    expectOverloaded(await chat());
    expect((await administer()).status).toBe(200);
    release();
    expect((await Promise.all(running)).map(({ status }) => status)).toEqual([200, 200, 200]);
    expect((await chat()).status).toBe(200);
  });

  it('tells one busy domain to slow down, and serves the others', async () => {
    await start({ DOMAIN_IN_FLIGHT_MAX: '2' });
    const running = [chat(), chat()];
    await expect.poll(() => held).toBe(2);
    const refused = await chat();
    expect([refused.status, refused.json.code]).toEqual([429, 'rate_limited']);
    expect(refused.headers.get('retry-after')).toBeTruthy();
    running.push(chat({ authorization: `Bearer ${otherKey}` }));
    await expect.poll(() => held).toBe(3);
    release();
    expect((await Promise.all(running)).map(({ status }) => status)).toEqual([200, 200, 200]);
  });

  it('lets a body that comes slowly hold no place of its domain', async () => {
    await start({ DOMAIN_IN_FLIGHT_MAX: '1' });
    release();
    const head = `POST /ask HTTP/1.1\r\nHost: a\r\nAuthorization: ${key.authorization}\r\n`;
    const slow = connect(gateway.port, '127.0.0.1', () =>
      slow.write(`${head}Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n{`),
    );
    await new Promise((resolve) => slow.once('connect', resolve));
    const statuses: number[] = [];
    for (let visit = 0; visit < 20; visit += 1) statuses.push((await chat()).status);
    slow.destroy();
    expect(new Set(statuses)).toEqual(new Set([200]));
  });

  it('under pressure refuses provisioning first, then ingestion, then chat', async () => {
    await start({});
    release();
    await script(gateway.bus, getDocument, () => {
      throw new Error('not asked for');
    });
    let value = 0;
    gateway.pressure.watch({ name: 'test', value: () => value, max: 200 });
    const asIs = async (): Promise<readonly boolean[]> =>
      (await Promise.all([chat(), ingest(), administer()])).map(({ json }) => json.code !== 'overloaded');

    value = 100;
    expect(await asIs()).toEqual([true, true, true]);
    value = 120;
    expect(await asIs()).toEqual([true, true, false]);
    value = 180;
    expect(await asIs()).toEqual([true, false, false]);
    value = 210;
    expect(await asIs()).toEqual([false, false, false]);
    expectOverloaded(await chat());
  });

  it('answers who operates it whatever the pressure, and the services of its process do', async () => {
    await start({});
    await scriptOperation(gateway.bus);
    gateway.pressure.watch({ name: 'test', value: () => 2, max: 1 });
    const read = async (path: string): Promise<unknown> => {
      const { status, text } = await send(gateway, path, { headers: admin });
      return [status, status === 200 && (JSON.parse(text) as unknown)];
    };

    expect(await read('/health')).toMatchObject([200, { status: 'healthy', active_agents: 2, knowledge_bases: 4 }]);
    expect(await read('/health/ready')).toMatchObject([200, { ready: true }]);
    expect(await read('/dead-letters')).toMatchObject([200, { total: 4, unavailable: [] }]);
    expect(await read('/orphans')).toMatchObject([200, { orphans: [], unavailable: [] }]);
    expect(await read('/agents')).toMatchObject([200, { total: 2 }]);
    expect(await read('/knowledge-bases')).toMatchObject([200, { total: 4 }]);
    for (const [method, path] of [
      ['GET', `/dead-letters/${documentId}`],
      ['POST', `/dead-letters/${documentId}/replay`],
      ['DELETE', `/dead-letters/${documentId}`],
      ['DELETE', '/orphans/agent/uuid'],
      ['DELETE', '/orphans/base/uuid'],
    ] as const) {
      expect((await send(gateway, path, { method, headers: admin })).status, `${method} ${path}`).toBe(404);
    }
    expectOverloaded(await send(gateway, '/agents', { headers: key }));
  });

  it('lets who operates it in when every place is taken', async () => {
    await start({ IN_FLIGHT_MAX: '1' });
    await scriptOperation(gateway.bus);
    const running = chat();
    await expect.poll(() => held).toBe(1);
    expectOverloaded(await administer());
    expect((await send(gateway, '/dead-letters', { headers: admin })).status).toBe(200);
    release();
    expect((await running).status).toBe(200);
  });

  it('spends nothing at its limit on who asks for events without a right to them', async () => {
    const { lookups, keyLookups } = await start({});
    release();
    // Too much for these at the gateway, but not for who would look the credential up.
    gateway.pressure.watch({ name: 'test', value: () => 90, max: 100 });
    const events = { accept: 'text/event-stream' };
    for (const path of ['/events', `/domains/${acmeId}/events`, `/knowledge/jobs/${jobId}`]) {
      expectOverloaded(await send(gateway, path, { headers: { ...events, authorization: 'Bearer who-knows' } }));
    }
    expectOverloaded(
      await send(gateway, `/knowledge/jobs/${jobId}`, { headers: { ...events, 'x-domain-id': acmeId } }),
    );
    expect([lookups, keyLookups]).toEqual([[], []]);
  });

  it('gives live views places only until they are open', async () => {
    await start({ IN_FLIGHT_MAX: '4', DOMAIN_IN_FLIGHT_MAX: '1' });
    let looked = 0;
    let letJobsBeFound = (): void => undefined;
    const jobs = new Promise<void>((resolve) => (letJobsBeFound = resolve));
    await script(gateway.bus, getJob, async () => {
      looked += 1;
      await jobs;
      return { job: aJob() };
    });
    const watch = (path: string): Promise<OpenStream> => openStream(gateway, path, { headers: key });
    const opening = watch(`/knowledge/jobs/${jobId}`);
    await expect.poll(() => looked).toBe(1);
    expectOverloaded(await ingest());
    letJobsBeFound();
    const open = [await opening];
    for (const path of [`/domains/${acmeId}/events`, '/events', `/knowledge/jobs/${jobId}`])
      open.push(await watch(path));
    expect(open.map(({ status }) => status)).toEqual(open.map(() => 200));
    for (const stream of open) stream.leave();
  });

  it('refuses before it has read a credential or a body', async () => {
    await start({});
    gateway.pressure.watch({ name: 'test', value: () => 2, max: 1 });
    const withoutBody =
      'POST /ask HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n';
    expect(await sendRaw(gateway, withoutBody)).toMatch(/^HTTP\/1.1 503 /);
  });

  it('gives one address a bounded number of live views', async () => {
    await start({});
    const open: OpenStream[] = [];
    for (let count = 0; count < 50; count += 1) open.push(await openStream(gateway, '/events', { headers: admin }));
    const refused = await send(gateway, '/events', { headers: admin });
    expect([refused.status, refused.json.code]).toEqual([429, 'rate_limited']);
    open[0]?.leave();
    await expect
      .poll(async () => {
        const stream = await openStream(gateway, '/events', { headers: admin });
        open.push(stream);
        return stream.status;
      })
      .toBe(200);
    for (const stream of open) stream.leave();
  });
});

describe('a connection', () => {
  let gateway: TestGateway;
  beforeEach(async () => {
    gateway = await startTestGateway({ DRAIN_DELAY_MS: '400' });
  });
  afterEach(() => gateway.stop());

  it('whose request was answered and whose body goes on dripping is cut', async () => {
    const startedAt = performance.now();
    const reply = await sendRaw(gateway, 'GET /health/live HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\nx');
    expect(reply).toMatch(/^HTTP\/1.1 200 /);
    expect(performance.now() - startedAt).toBeLessThan(5_000);
  });

  it('is served and told to close while the gateway leaves; one that is opened meanwhile is served too', async () => {
    const kept = keepAlive(gateway.port);
    expect(await kept.ask()).not.toContain('Connection: close');
    const stopping = gateway.stop();
    expect(await kept.ask()).toMatch(/^HTTP\/1.1 200 [\s\S]*Connection: close/);
    await kept.closed;
    expect((await send(gateway, '/health/live')).status).toBe(200);
    await stopping;
    await expect(send(gateway, '/health/live')).rejects.toThrow();
  });
});

/** One connection that is used again. */
const keepAlive = (port: number) => {
  const socket = connect(port, '127.0.0.1');
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  return {
    closed,
    ask: () =>
      new Promise<string>((resolve, reject) => {
        socket.once('error', reject);
        socket.once('data', (chunk) => resolve(String(chunk)));
        socket.write('GET /health/live HTTP/1.1\r\nHost: a\r\n\r\n');
      }),
  };
};
