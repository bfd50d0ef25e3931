import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startNats } from '../../infra/local/nats.ts';
import { findNatsProgram } from '../../infra/local/nats-program.ts';
import { startPostgres } from '../../infra/local/postgres/server.ts';

interface Server<T> {
  readonly value: T;
  readonly stop: () => Promise<unknown>;
}

type Nats = { readonly url: string } | { readonly missing: string };

/**
 * PostgreSQL and NATS for tests: those of TEST_DATABASE_URL and TEST_NATS_URL, else in containers where Docker answers,
 * else programs on this machine. No NATS to be had is not fatal here: the tests that need it fail, and say why.
 */
export const startServers = async (): Promise<{ postgresUrl: string; nats: Nats; stop: () => Promise<void> }> => {
  const docker = await hasDocker();
  const bus = startBus(docker);
  const postgres = await startDatabase(docker).catch(async (error: unknown) => {
    await (await bus).stop();
    throw error;
  });
  const nats = await bus;
  return {
    postgresUrl: postgres.value,
    nats: nats.value,
    stop: async () => {
      await Promise.all([postgres.stop(), nats.stop()]);
    },
  };
};

const hasDocker = async (): Promise<boolean> => {
  if (process.env['TEST_DATABASE_URL'] !== undefined && process.env['TEST_NATS_URL'] !== undefined) return false;
  const asked = process.env['TESTCONTAINERS'];
  if (asked !== undefined) return asked === '1';
  return promisify(execFile)('docker', ['info'], { timeout: 2_000 }).then(
    () => true,
    () => false,
  );
};

const startDatabase = async (docker: boolean): Promise<Server<string>> => {
  const given = process.env['TEST_DATABASE_URL'];
  if (given !== undefined) return { value: given, stop: nothing };
  if (docker) {
    const { GenericContainer, Wait } = await import('testcontainers');
    const container = await new GenericContainer('postgres:17-alpine')
      .withEnvironment({ POSTGRES_PASSWORD: 'test' })
      .withCommand(['postgres', '-c', 'fsync=off', '-c', 'max_connections=200'])
      .withExposedPorts(5432)
      .withWaitStrategy(Wait.forLogMessage('database system is ready to accept connections', 2))
      .start();
    const address = `${container.getHost()}:${container.getMappedPort(5432)}`;
    return { value: `postgresql://postgres:test@${address}/postgres`, stop: () => container.stop() };
  }
  const dataDir = await temporaryFolder();
  const server = await startPostgres({ dataDir, password: 'test', durable: false });
  return { value: server.url('postgres'), stop: () => server.stop().then(() => remove(dataDir)) };
};

const startBus = async (docker: boolean): Promise<Server<Nats>> => {
  const given = process.env['TEST_NATS_URL'];
  if (given !== undefined) return { value: { url: given }, stop: nothing };
  if (docker) {
    const { GenericContainer, Wait } = await import('testcontainers');
    const container = await new GenericContainer('nats:2.12-alpine')
      .withCommand(['-js'])
      .withExposedPorts(4222)
      .withWaitStrategy(Wait.forLogMessage('Server is ready'))
      .start();
    const url = `nats://${container.getHost()}:${container.getMappedPort(4222)}`;
    return { value: { url }, stop: () => container.stop() };
  }
  try {
    const program = await findNatsProgram();
    const dataDir = await temporaryFolder();
    const server = await startNats({ program, dataDir });
    return { value: { url: server.url }, stop: () => server.stop().then(() => remove(dataDir)) };
  } catch (error) {
    return { value: { missing: error instanceof Error ? error.message : String(error) }, stop: nothing };
  }
};

const temporaryFolder = (): Promise<string> => mkdtemp(join(tmpdir(), 'parley-test-'));
const remove = (folder: string): Promise<void> => rm(folder, { recursive: true, force: true });
const nothing = (): Promise<void> => Promise.resolve();
