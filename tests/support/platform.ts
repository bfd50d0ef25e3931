import { Client, type QueryResultRow } from 'pg';
import { pino } from 'pino';
import type { BlobStore } from '../../shared/blobs/port.ts';
import { createInProcessBus } from '../../shared/bus/in-process.ts';
import { openJournal } from '../../shared/bus/journal.ts';
import { createSecretBox } from '../../shared/crypto/secret-box.ts';
import { createDatabase } from '../../shared/db/client.ts';
import { systemClock, type Clock } from '../../shared/runtime/clock.ts';
import { createPressure } from '../../shared/runtime/pressure.ts';
import type { Platform, Running, Service } from '../../shared/runtime/platform.ts';
import { createDatabase as createTestDatabase } from './servers.ts';

export interface TestPlatform extends Platform {
  readonly databaseUrl: string;
  readonly start: (service: Service, environment?: Platform['environment']) => Promise<Running>;
  readonly sql: <Row extends QueryResultRow>(text: string, values?: readonly unknown[]) => Promise<readonly Row[]>;
  /** Stops what was started, newest first, and drops the database. */
  readonly close: () => Promise<void>;
}

const drainMs = 2_000;

/** What a service is given when it runs in one process: a bus of its own, and a real database that is the caller's alone. */
export const openPlatform = async (
  environment: Platform['environment'] = {},
  clock: Clock = systemClock,
): Promise<TestPlatform> => {
  const testDatabase = await createTestDatabase();
  const logger = pino({ level: process.env['TEST_LOG_LEVEL'] ?? 'silent' });
  const bus = createInProcessBus({ clock, logger, journal: await openJournal({ logger }) });
  const database = createDatabase({ url: testDatabase.url, poolMax: 10, logger });
  const platform: Platform = {
    bus,
    database,
    blobs: noBlobs,
    secrets: createSecretBox('test-secrets-key-of-thirty-two-characters'),
    logger,
    clock,
    environment: { NODE_ENV: 'test', ...environment },
    ready: async () => ({ ready: true, process: 'running' as const, bus: 'ok', database: 'ok' }),
    pressure: createPressure(clock),
    started: Promise.resolve(),
  };
  const client = new Client({ connectionString: testDatabase.url });
  await client.connect();
  const running: Running[] = [];
  return {
    ...platform,
    databaseUrl: testDatabase.url,
    start: async (service, more = {}) => {
      const part = await service.start({ ...platform, environment: { ...platform.environment, ...more } });
      running.unshift(part);
      return part;
    },
    sql: async <Row extends QueryResultRow>(text: string, values: readonly unknown[] = []) =>
      (await client.query<Row>(text, [...values])).rows,
    close: async () => {
      for (const part of running) await part.stop();
      await bus.drain(drainMs);
      await Promise.all([database.close(), client.end()]);
      await testDatabase.drop();
    },
  };
};

const refuse = (): never => {
  throw new Error('this test has no blobs');
};
const noBlobs: BlobStore = { put: refuse, get: refuse, delete: refuse, sweep: refuse };
