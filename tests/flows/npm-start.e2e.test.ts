import { readFile, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { freePort } from '../../infra/local/ports.ts';
import { demoAnswer } from '../../shared/contracts/http/demo.ts';
import { eventually } from '../support/eventually.ts';
import { isAlive, ownPlace, startCommand, type Started } from '../support/started.ts';

const place = await ownPlace();
const { DATA_DIR } = place.environment;
afterAll(place.remove);

const postgresPid = async (): Promise<number> =>
  Number.parseInt(await readFile(join(DATA_DIR, 'postgres/postmaster.pid'), 'utf8'), 10);

const demoOf = async ({ url }: Started) => {
  const response = await fetch(`${url}/demo/info`);
  return response.ok ? demoAnswer.parse(await response.json()) : undefined;
};

/** The start ends by itself, and all it has to say against it is one line. */
const refusal = async (environment: Readonly<Record<string, string>>): Promise<string> => {
  const started = startCommand('start', { ...place.environment, ...environment });
  expect(await started.exited).toBe(1);
  const lines = started.errors().trim().split('\n');
  expect(lines).toHaveLength(1);
  return lines[0] ?? '';
};

describe('a start with nothing set', () => {
  let started: Started;
  let server: number;
  beforeAll(async () => {
    started = startCommand('start', place.environment);
    await started.untilRunning();
    server = await postgresPid();
  });

  test('says where everything is, what is emulated and how to change that', () => {
    const { PORT } = place.environment;
    for (const path of ['/', '/static/demo.html', '/static/knowledge_upload_demo.html', '/docs']) {
      expect(started.output()).toContain(`http://localhost:${PORT}${path}`);
    }
    for (const word of ['test_api_key_123', DATA_DIR, 'emulated', 'DIGITALOCEAN_TOKEN', 'DATABASE_URL', 'NATS_URL']) {
      expect(started.output()).toContain(word);
    }
  });

  test('registers the demo and teaches it the documents of the shop', async () => {
    const demo = await eventually(async () => {
      const found = await demoOf(started);
      return found?.state === 'ready' && found.documents.length === 7 ? found : undefined;
    }, 60_000);
    expect(demo.domain_name).toBe('localhost');
  });

  test('keeps what it wrote of secrets to its owner', async () => {
    for (const file of ['local.json', 'demo.json']) expect((await stat(join(DATA_DIR, file))).mode & 0o077).toBe(0);
  });

  test('refuses a second start on the same folder in one line, and goes on', async () => {
    const PORT = String(await freePort());
    expect(await refusal({ PORT })).toMatch(/is in use by another start \(process \d+\).*DATA_DIR/);
    expect((await fetch(`${started.url}/health/ready`)).status).toBe(200);
  });

  test('ends within 5 s of Ctrl-C, pressed once and signalled twice as terminals do, and leaves no process', async () => {
    const before = performance.now();
    started.signal('SIGINT');
    started.signal('SIGINT');
    expect(await started.exited).toBe(0);
    expect(performance.now() - before).toBeLessThan(5_000);
    expect(isAlive(server)).toBe(false);
  });
});

test('a start that was killed leaves nothing running, and the next one finds what it had', async () => {
  const first = startCommand('start', place.environment);
  await first.untilRunning();
  const server = await postgresPid();
  const demo = await eventually(() => demoOf(first), 20_000);
  first.signal('SIGKILL');
  await first.exited;
  if (process.platform === 'linux') await eventually(() => !isAlive(server), 10_000);

  const second = startCommand('start', place.environment);
  await second.untilRunning();
  const found = await eventually(() => demoOf(second), 20_000);
  expect(found.domain_id).toBe(demo.domain_id);
  expect(found.documents).toHaveLength(demo.documents.length);
  second.signal('SIGTERM');
  expect(await second.exited).toBe(0);
});

describe('what a person has to mend is one line', () => {
  test('a port in use', async () => {
    const server = createServer();
    const port = await new Promise<number>((resolve) => {
      server.listen(0, '127.0.0.1', () => resolve(z.object({ port: z.number() }).parse(server.address()).port));
    });
    expect(await refusal({ PORT: String(port) })).toMatch(new RegExp(`Port ${port} is in use.*PORT=`));
    await new Promise((resolve) => server.close(resolve));
  });

  test.each([
    { PORT: 'eight thousand' },
    { LOG_LEVEL: 'loud' },
    { ADMIN_API_KEY: 'short' },
    { SECRETS_KEY: 'short' },
    { DATABASE_URL: 'mysql://localhost/x' },
    { NATS_URL: 'localhost' },
    { REPLICAS: 'chat=many' },
  ])('a bad value: %o', async (environment) => {
    const [[name, value] = ['', '']] = Object.entries(environment);
    const line = await refusal(environment);
    expect(line).toContain(name);
    expect(line).toContain('.env.example');
    expect(line).not.toContain(value);
  });

  test('a server that is named but not there', async () => {
    const secret = 'a-password-nobody-may-see';
    const database = await refusal({ DATABASE_URL: `postgresql://user:${secret}@127.0.0.1:1/none` });
    expect(database).toContain('DATABASE_URL');
    expect(database).not.toContain(secret);
    expect(await refusal({ NATS_URL: 'nats://127.0.0.1:1' })).toContain('NATS_URL');
  });
});
