import { createServer, type AddressInfo } from 'node:net';
import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { pino } from 'pino';
import { createDatabase as createTestDatabase, type TestDatabase } from '../../tests/support/servers.ts';
import { freePort } from '../../infra/local/ports.ts';
import { Failure } from '../errors/failure.ts';
import { createDatabase, type Database, type Transaction } from './client.ts';
import { isUniqueViolation } from './errors.ts';

const logger = pino({ level: 'silent' });
const id = '00000000-0000-4000-8000-000000000001';
const row = { consumer: 'test', msgId: id };

let testDatabase: TestDatabase;
let database: Database;
let other: Client;

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  database = createDatabase({ url: testDatabase.url, poolMax: 2, logger });
  other = new Client({ connectionString: testDatabase.url });
  await other.connect();
});

afterEach(async () => {
  await other.query('delete from inbox');
});

afterAll(async () => {
  await database.close();
  await other.end();
  await testDatabase.drop();
});

const thrownBy = async (work: () => Promise<unknown>): Promise<unknown> => {
  try {
    await work();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
};

const codeOf = (thrown: unknown): string =>
  thrown instanceof Failure ? thrown.code : `not a Failure: ${String(thrown)}`;

const backendOf = async (tx: Transaction): Promise<number> =>
  (await tx.$queryRaw<{ pid: number }[]>`select pg_backend_pid() as pid`)[0]?.pid ?? 0;

const rowsLeft = async (): Promise<number> => (await other.query('select 1 from inbox')).rows.length;

describe('a row that is there already', () => {
  const inserts: Record<string, (tx: Transaction) => Promise<unknown>> = {
    'through a model': (tx) => tx.inbox.create({ data: row }),
    'through SQL': (tx) => tx.$executeRaw`insert into inbox (consumer, msg_id) values ('test', ${id}::uuid)`,
  };

  test.each(Object.entries(inserts))('is told apart from every other error, %s', async (_how, insert) => {
    await database.run((client) => client.inbox.create({ data: row }));

    const alone = await thrownBy(() => database.run(insert));
    const together = await thrownBy(() => database.transaction(insert));

    for (const thrown of [alone, together]) {
      expect(isUniqueViolation(thrown)).toBe(true);
      expect(isUniqueViolation(thrown, 'inbox_pkey')).toBe(true);
      expect(isUniqueViolation(thrown, 'outbox_pkey')).toBe(false);
    }
  });
});

test('a defect in the work comes out as it is, and nothing of the transaction stays', async () => {
  const defect = new TypeError('ours');
  const thrown = await thrownBy(() =>
    database.transaction(async (tx) => {
      await tx.inbox.create({ data: row });
      throw defect;
    }),
  );
  expect(thrown).toBe(defect);
  expect(await rowsLeft()).toBe(0);
});

test('a statement that is wrong is a defect, not a database that is down', async () => {
  expect(await thrownBy(() => database.run((client) => client.$queryRaw`selec`))).not.toBeInstanceOf(Failure);
});

test('a server that refuses connections is service_unavailable within a second', async () => {
  const port = await freePort();
  const down = createDatabase({ url: `postgresql://nobody@127.0.0.1:${port}/none`, poolMax: 2, logger });
  const started = performance.now();
  expect(codeOf(await thrownBy(() => down.run((client) => client.inbox.findFirst())))).toBe('service_unavailable');
  expect(codeOf(await thrownBy(() => down.run((client) => client.$queryRaw`select 1`)))).toBe('service_unavailable');
  expect(codeOf(await thrownBy(() => down.transaction((tx) => tx.inbox.findFirst())))).toBe('service_unavailable');
  expect(await down.isReachable(1_000)).toBe(false);
  expect(performance.now() - started).toBeLessThan(1_000);
  await down.close();
});

test('a server that takes connections and says nothing costs those who come first their wait, and the others nothing', async () => {
  const silent = createServer(() => undefined);
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  const { port } = silent.address() as AddressInfo;
  const hung = createDatabase({ url: `postgresql://nobody@127.0.0.1:${port}/none`, poolMax: 2, logger });
  const ask = async (): Promise<number> => {
    const started = performance.now();
    expect(codeOf(await thrownBy(() => hung.run((client) => client.inbox.count())))).toBe('service_unavailable');
    return performance.now() - started;
  };
  expect(await ask()).toBeGreaterThan(1_000);
  await expect.poll(ask, { timeout: 10_000 }).toBeLessThan(100);
  await hung.close();
  silent.close();
});

test('a connection that is cut in the middle of a transaction is service_unavailable, and the next call works', async () => {
  const thrown = await thrownBy(() =>
    database.transaction(async (tx) => {
      await tx.inbox.create({ data: row });
      await other.query('select pg_terminate_backend($1)', [await backendOf(tx)]);
      await tx.inbox.findMany();
    }),
  );
  expect(codeOf(thrown)).toBe('service_unavailable');
  expect(await rowsLeft()).toBe(0);
  expect(await database.run((client) => client.inbox.count())).toBe(0);
});

test('connections that are cut while nobody uses them are replaced without anyone noticing', async () => {
  const pid = await database.run(backendOf);
  await other.query('select pg_terminate_backend($1)', [pid]);
  await expect.poll(() => database.run(backendOf).catch(() => pid), { timeout: 2_000 }).not.toBe(pid);
});

test('when all connections are taken, one more is refused and does not wait for ever', async () => {
  let release: (() => void) | undefined;
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const holders = [1, 2].map(() =>
    database.transaction(async (tx) => {
      await tx.inbox.count();
      await held;
    }),
  );
  const started = performance.now();
  expect(codeOf(await thrownBy(() => database.run((client) => client.inbox.count())))).toBe('service_unavailable');
  expect(performance.now() - started).toBeLessThan(4_000);
  release?.();
  await Promise.all(holders);
});

test('work that outlasts its transaction is rolled back as service_unavailable', async () => {
  const thrown = await thrownBy(() =>
    database.transaction(
      async (tx) => {
        await tx.inbox.create({ data: row });
        await tx.$queryRaw`select 1 from pg_sleep(0.3)`;
        await tx.inbox.count();
      },
      { timeoutMs: 100 },
    ),
  );
  expect(codeOf(thrown)).toBe('service_unavailable');
  expect(await rowsLeft()).toBe(0);
});

test('a statement gives the same rows alone as in a transaction', async () => {
  const read = (client: Transaction): Promise<unknown> => client.$queryRaw`
    select 9007199254740993::int8 as big, 7::int4 as small, 0.5::float8 as half, 1.10::numeric as price, true as yes,
      null::text as nothing, 'é'::text as word, ${id}::uuid as id, ${[id]}::uuid[] as ids, array['a,b', 'c"d']::text[] as words,
      ${new Date(0)}::timestamptz as moment, '2026-01-02'::date as day, '2026-01-02 03:04:05.678'::timestamp as noon,
      '{"a": [1, null]}'::jsonb as body, array['{"a": 1}'::jsonb] as bodies, array(select 1 where false) as none,
      ${[1n, 2n]}::int8[] @> array[2]::int8[] as has`;
  const alone = await database.run(read);
  expect(alone).toEqual(await database.transaction(read));
});

test('a statement tells how many rows it changed, alone as in a transaction', async () => {
  const insert = (client: Transaction): Promise<number> =>
    client.$executeRaw`insert into inbox (consumer, msg_id) values ('test', gen_random_uuid()), ('test', gen_random_uuid())`;
  expect(await database.run(insert)).toBe(2);
  expect(await database.transaction(insert)).toBe(2);
});
