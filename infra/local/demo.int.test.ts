import { mkdtemp, readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { seedDemo } from './demo.ts';

/** A gateway that refuses each call once before it answers as a new installation does. */
const startBusyGateway = async () => {
  const seen: string[] = [];
  const busy = new Set<string>();
  const server = createServer((request, response) => {
    const call = `${request.method ?? ''} ${request.url ?? ''}`;
    seen.push(call);
    request.resume();
    if (!busy.has(call)) {
      busy.add(call);
      response.writeHead(503, { 'retry-after': '0' }).end('{"code":"overloaded"}');
      return;
    }
    const answer = call.startsWith('GET /knowledge/documents')
      ? { documents: [], next_cursor: null }
      : { domain_id: 'd', api_key: 'k', domain_name: 'localhost' };
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => new Promise<void>((resolve) => server.close(() => resolve())));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen };
};

test('the demo is set up all the same on a machine that refuses calls while it is busy', async () => {
  const gateway = await startBusyGateway();
  const file = join(await mkdtemp(join(tmpdir(), 'parley-demo-')), 'demo.json');
  const options = { url: gateway.url, adminKey: 'admin', file, origins: [] };
  await seedDemo(options);
  expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({ domain_id: 'd', api_key: 'k' });
  expect(gateway.seen.filter((call) => call === 'POST /register-domain')).toHaveLength(2);
});

test('a demo that is there keeps its key when the gateway is busy at the next start', async () => {
  const gateway = await startBusyGateway();
  const file = join(await mkdtemp(join(tmpdir(), 'parley-demo-')), 'demo.json');
  const options = { url: gateway.url, adminKey: 'admin', file, origins: [] };
  await seedDemo(options);
  await seedDemo(options);
  expect(gateway.seen.filter((call) => call.includes('api-key'))).toEqual([]);
  expect(gateway.seen.filter((call) => call === 'POST /register-domain')).toHaveLength(2);
});
