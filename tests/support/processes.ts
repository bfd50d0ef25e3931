import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { QueryResultRow } from 'pg';
import { dependent } from '../../infra/local/dependent.ts';
import { freePort } from '../../infra/local/ports.ts';
import { projectRoot } from '../../infra/local/project-root.ts';
import { untilReady } from '../../infra/local/until-ready.ts';
import { newSeeds, serverEnvironment } from '../../infra/nats/keys.ts';
import { owners, type Owner } from '../../shared/contracts/message.ts';
import { createApi, type Api } from './api.ts';
import { ensureBuilt } from './built.ts';
import { startClouds, type CloudOptions, type Clouds } from './clouds.ts';
import { queriesOf } from './queries.ts';
import { createDatabase, startNatsServer, type TestNats } from './servers.ts';
import { quick } from './system.ts';

export interface ServiceProcess {
  readonly service: Owner;
  readonly pid: number;
  /** Resolves when the process is gone. */
  readonly kill: (signal: 'SIGKILL' | 'SIGTERM') => Promise<void>;
}

/** The system as it is deployed: built, one process a service or more, over a NATS server of its own. */
export interface DistributedSystem {
  readonly api: Api;
  readonly clouds: Clouds;
  readonly nats: TestNats;
  readonly sql: <Row extends QueryResultRow>(text: string, values?: readonly unknown[]) => Promise<readonly Row[]>;
  readonly processes: readonly ServiceProcess[];
  /** Everything the processes have written so far. */
  readonly logs: () => string;
  readonly stop: () => Promise<void>;
}

export interface DistributedOptions {
  readonly replicas?: Partial<Record<Owner, number>>;
  readonly clouds?: CloudOptions;
  readonly env?: Readonly<Record<string, string>>;
}

const readyMs = 60_000;

export const startProcesses = async (options: DistributedOptions = {}): Promise<DistributedSystem> => {
  const seeds = newSeeds();
  const [database, clouds, nats, dataDir, port] = await Promise.all([
    createDatabase(),
    startClouds(options.clouds),
    startNatsServer(serverEnvironment(seeds)),
    mkdtemp(join(tmpdir(), 'parley-processes-')),
    freePort(),
    ensureBuilt(),
  ]);
  const lines: string[] = [];
  const environment = {
    PATH: process.env['PATH'],
    ...quick,
    ...clouds.environment,
    DATABASE_URL: database.url,
    DATABASE_POOL_MAX: '5',
    DATA_DIR: dataDir,
    NATS_URL: nats.url,
    PORT: String(port),
    ...options.env,
  };
  const launches = owners.flatMap((service) =>
    Array.from({ length: options.replicas?.[service] ?? 1 }, () =>
      launch(service, { ...environment, NATS_NKEY_SEED: seeds[service] }, lines),
    ),
  );
  const processes = await Promise.all(launches);
  return {
    api: createApi(`http://127.0.0.1:${port}`),
    clouds,
    nats,
    sql: queriesOf(database.url),
    processes,
    logs: () => lines.join('\n'),
    stop: async () => {
      await Promise.all(processes.map(({ kill }) => kill('SIGTERM')));
      await Promise.all([clouds.stop(), nats.stop(), database.drop(), rm(dataDir, { recursive: true, force: true })]);
    },
  };
};

const launch = async (
  service: Owner,
  environment: Readonly<Record<string, string | undefined>>,
  lines: string[],
): Promise<ServiceProcess> => {
  const healthPort = await freePort();
  const program = join(projectRoot, 'dist/services/main.js');
  const [command, parameters] = dependent('TERM', process.execPath, ['--enable-source-maps', program, service]);
  const child = spawn(command, parameters, {
    env: { ...environment, HEALTH_PORT: String(healthPort) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => lines.push(`${service} ${line}`));
  }
  const gone = goneOf(child);
  const early = gone.then(() => {
    throw new Error(`${service} ended early:\n${lines.slice(-20).join('\n')}`);
  });
  await Promise.race([untilReady(`http://127.0.0.1:${healthPort}/health/ready`, readyMs), early]);
  early.catch(() => undefined);
  return {
    service,
    pid: child.pid ?? 0,
    kill: async (signal) => {
      child.kill(signal);
      await gone;
    },
  };
};

const goneOf = (child: ChildProcess): Promise<void> =>
  new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) resolve();
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
