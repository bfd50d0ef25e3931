import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { startNats } from '../../infra/local/nats.ts';
import { findNatsProgram } from '../../infra/local/nats-program.ts';
import { freePort } from '../../infra/local/ports.ts';
import { startPostgres } from '../../infra/local/postgres/server.ts';
import { migrate } from '../../infra/migrations/migrate.ts';
import { startProgram, waitForOk, type Program } from './processes.ts';

const services = ['provisioning', 'knowledge', 'memory', 'chat', 'gateway'] as const;

export interface BenchSystem {
  readonly url: string;
  readonly skeletonUrl: string;
  readonly adminKey: string;
  /** The five services' processes. */
  readonly services: readonly Program[];
  readonly skeleton: readonly Program[];
  readonly postgresPid: number;
  readonly logDir: string;
  readonly stop: () => Promise<void>;
}

interface BenchOptions {
  readonly latencyMs: number;
  readonly profileDir?: string | undefined;
}

/** The distributed system and the skeleton beside it, over one real NATS, one real Postgres and one cloud stub. */
export const startBenchSystem = async (options: BenchOptions): Promise<BenchSystem> => {
  const folder = await mkdtemp(join(tmpdir(), 'parley-bench-'));
  const logDir = join(folder, 'logs');
  const postgres = await startPostgres({ dataDir: folder, password: 'bench' });
  const nats = await startNats({ program: await findNatsProgram(), dataDir: folder });
  await createDatabases(postgres.url('postgres'));
  const databaseUrl = postgres.url('parley');
  await migrate(databaseUrl);
  const ports = {
    emulator: await freePort(),
    memori: await freePort(),
    stub: await freePort(),
    gateway: await freePort(),
  };
  const stubUrl = `http://127.0.0.1:${ports.stub}`;
  const adminKey = 'bench-admin-key-0123456789';
  const start = (name: string, file: string, env: Record<string, string>, ...args: string[]): Promise<Program> =>
    startProgram({ name, args: [join('dist', file), ...args], env }, logDir);
  const cloud = [
    await start('emulators', 'infra/emulators/main.js', {
      GRADIENT_EMULATOR_PORT: String(ports.emulator),
      MEMORI_EMULATOR_PORT: String(ports.memori),
      GRADIENT_PUBLIC_URL: stubUrl,
      DEPLOY_MS: '0',
      DATA_DIR: folder,
    }),
    await start('cloud-stub', 'bench/cloud-stub.js', {
      STUB_PORT: String(ports.stub),
      STUB_LATENCY_MS: String(options.latencyMs),
      EMULATOR_URL: `http://127.0.0.1:${ports.emulator}`,
    }),
  ];
  const env = {
    NODE_ENV: 'development',
    LOG_LEVEL: 'warn',
    DATA_DIR: folder,
    DATABASE_URL: databaseUrl,
    NATS_URL: nats.url,
    ADMIN_API_KEY: adminKey,
    PORT: String(ports.gateway),
    GRADIENT_BASE_URL: `${stubUrl}/v2/gen-ai`,
  };
  const { profileDir } = options;
  const startService = (name: string): Promise<Program> =>
    startProgram({ name, args: [join('dist', 'services/main.js'), name], env, profileDir }, logDir);
  const running: Program[] = [];
  for (const service of services) running.push(await startService(service));
  const url = `http://127.0.0.1:${ports.gateway}`;
  await waitForOk(`${url}/health/ready`);
  const skeletonPort = await freePort();
  const skeletonEnv = {
    NATS_URL: nats.url,
    DATABASE_URL: postgres.url('skeleton'),
    PORT: String(skeletonPort),
    AGENT_URL: `${stubUrl}/agent/skeleton/api/v1/chat/completions`,
  };
  const skeleton = [
    await start('skeleton-worker', 'bench/skeleton-worker.js', skeletonEnv),
    await start('skeleton-gateway', 'bench/skeleton-gateway.js', skeletonEnv),
  ];
  const skeletonUrl = `http://127.0.0.1:${skeletonPort}`;
  await waitForOk(`${skeletonUrl}/health/ready`);
  return {
    url,
    skeletonUrl,
    adminKey,
    services: running,
    skeleton,
    postgresPid: postgres.pid,
    logDir,
    stop: async () => {
      for (const program of [...running.toReversed(), ...skeleton, ...cloud]) await program.stop();
      await nats.stop();
      await postgres.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
};

const createDatabases = async (url: string): Promise<void> => {
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query('create database parley');
  await client.query('create database skeleton');
  await client.end();
};
