import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { QueryResultRow } from 'pg';
import { freePort } from '../../infra/local/ports.ts';
import { startServices } from '../../services/main.ts';
import { adminKey, createApi, type Api } from './api.ts';
import { startClouds, type CloudOptions, type Clouds } from './clouds.ts';
import { queriesOf } from './queries.ts';
import { createDatabase, startNatsServer, type TestNats } from './servers.ts';

export interface SystemOptions {
  readonly bus?: 'in-process' | 'nats';
  readonly clouds?: CloudOptions;
  readonly env?: Readonly<Record<string, string>>;
}

/** All five services, with the outside world emulated. */
export interface System {
  readonly api: Api;
  readonly clouds: Clouds;
  readonly nats: TestNats | undefined;
  readonly databaseUrl: string;
  readonly sql: <Row extends QueryResultRow>(text: string, values?: readonly unknown[]) => Promise<readonly Row[]>;
  /** Ends the services as SIGTERM does. The database, the data folder and the outside world stay. */
  readonly stopServices: () => Promise<void>;
  /** Starts the services again over what is there, at the same address. */
  readonly startServices: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

/** The waiting times of the services, short enough for tests. */
export const quick = {
  NODE_ENV: 'test',
  ADMIN_API_KEY: adminKey,
  LOG_LEVEL: process.env['TEST_LOG_LEVEL'] ?? 'silent',
  SECRETS_KEY: 'a-secrets-key-for-the-flow-tests-0123456789',
  DRAIN_TIMEOUT_MS: '5000',
  GRADIENT_SETTLE_MS: '5000',
  OUTSIDE_REST_MS: '1000',
  KNOWLEDGE_POLL_MIN_MS: '20',
  KNOWLEDGE_POLL_MAX_MS: '200',
  GRADIENT_CALL_TIMEOUT_MS: '5000',
  PROVISIONING_POLL_MIN_MS: '20',
  PROVISIONING_POLL_MAX_MS: '200',
  PROVISIONING_RETRY_CAP_MS: '300',
  MEMORI_POLL_MS: '100',
  // A machine that is busy with other tests is no overload.
  LOOP_LAG_MAX_MS: '3000',
  // A reader's thread compiles its TypeScript first, which takes seconds on a busy machine.
  EXTRACT_TIMEOUT_MS: '50000',
} as const;

/** Runs the whole system inside this process: over its own bus, or over a NATS server of its own. */
export const startSystem = async (options: SystemOptions = {}): Promise<System> => {
  const [database, clouds, nats, dataDir, port] = await Promise.all([
    createDatabase(),
    startClouds(options.clouds),
    options.bus === 'nats' ? startNatsServer() : undefined,
    mkdtemp(join(tmpdir(), 'parley-system-')),
    freePort(),
  ]);
  const environment = {
    ...quick,
    ...clouds.environment,
    DATABASE_URL: database.url,
    DATA_DIR: dataDir,
    PORT: String(port),
    ...(nats === undefined ? {} : { NATS_URL: nats.url }),
    ...options.env,
  };
  let running = await startServices('all', environment);
  let isRunning = true;
  const stopServices = async (): Promise<void> => {
    if (isRunning) await running.stop();
    isRunning = false;
  };
  return {
    api: createApi(`http://127.0.0.1:${port}`),
    clouds,
    nats,
    databaseUrl: database.url,
    sql: queriesOf(database.url),
    stopServices,
    startServices: async () => {
      running = await startServices('all', environment);
      isRunning = true;
    },
    stop: async () => {
      await stopServices();
      await Promise.all([clouds.stop(), nats?.stop(), database.drop(), rm(dataDir, { recursive: true, force: true })]);
    },
  };
};
