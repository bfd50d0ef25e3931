import { spawn, type ChildProcess } from 'node:child_process';
import { mkdir, open, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { LocalError } from '../local-error.ts';
import { freePort } from '../ports.ts';
import { findBinaries } from './binaries.ts';
import { cleanEnvironment, ensureDataFolder } from './data-folder.ts';
import { chooseIdentity } from './identity.ts';
import { clearLeftover } from './leftover.ts';

export interface PostgresOptions {
  /** Holds the server's folder and its log. */
  readonly dataDir: string;
  readonly password: string;
  /** Taken when it is free. */
  readonly preferredPort?: number | undefined;
  /** For throw-away data: much faster, and nothing survives a crash of the machine. */
  readonly durable?: boolean;
}

export interface PostgresServer {
  readonly port: number;
  readonly pid: number;
  readonly url: (database: string) => string;
  /** Resolves with the reason when the server ends without having been asked to. */
  readonly died: Promise<string>;
  /** Stops in order, then by force; resolves when the process is gone. */
  readonly stop: () => Promise<void>;
}

/**
 * Starts a real PostgreSQL of our own on 127.0.0.1 and waits until it takes connections. Its process is not in our group:
 * Ctrl-C in a terminal reaches us alone, and the server stops after those who use it.
 */
export const startPostgres = async (options: PostgresOptions): Promise<PostgresServer> => {
  const dataDir = resolve(options.dataDir);
  await mkdir(dataDir, { recursive: true });
  const folder = join(dataDir, 'postgres');
  const binaries = await findBinaries();
  const identity = await chooseIdentity(folder, [binaries.postgres, folder]);
  await ensureDataFolder(folder, { binaries, identity, password: options.password });
  await clearLeftover(folder);
  const port = await freePort(options.preferredPort);
  const log = await open(join(dataDir, 'postgres.log'), 'a', 0o600);
  const [command, parameters] = identity.command(binaries.postgres, [
    '-D',
    folder,
    ...settings(port, options.durable ?? true),
  ]);
  const child = spawn(command, parameters, {
    cwd: '/',
    detached: true,
    stdio: ['ignore', log.fd, log.fd],
    env: cleanEnvironment(),
  });
  const exited = new Promise<void>((done) => {
    child.once('error', () => done());
    child.once('exit', () => done());
  });
  await log.close();
  try {
    await untilReady(child, folder);
  } catch (error) {
    child.kill('SIGQUIT');
    throw error;
  }
  let stopping = false;
  return {
    port,
    pid: child.pid ?? 0,
    url: (database) => `postgresql://postgres:${encodeURIComponent(options.password)}@127.0.0.1:${port}/${database}`,
    died: exited.then(() => (stopping ? never : `PostgreSQL ended by itself: see ${join(dataDir, 'postgres.log')}`)),
    stop: async () => {
      stopping = true;
      await stopChild(child, exited);
    },
  };
};

const settings = (port: number, durable: boolean): string[] =>
  Object.entries({
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: '',
    max_connections: durable ? '100' : '300',
    shared_buffers: '64MB',
    // Nobody replicates from here, and a handful of local users needs neither compiled queries nor I/O workers.
    wal_level: 'minimal',
    max_wal_senders: '0',
    jit: 'off',
    io_method: 'sync',
    ...(durable ? {} : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
  }).flatMap(([name, value]) => ['-c', `${name}=${value}`]);

/** The server writes its state into the last line of its pid file: cheaper to look at than trying to connect. */
const untilReady = async (child: ChildProcess, folder: string): Promise<void> => {
  const log = join(folder, '..', 'postgres.log');
  let failure: Error | undefined;
  child.once('error', (error) => {
    failure = error;
  });
  for (let waitedMs = 0; waitedMs < startMsMax; waitedMs += pollMs) {
    if (failure !== undefined) throw new LocalError(`PostgreSQL could not be started: ${failure.message}`);
    if (child.exitCode !== null || child.signalCode !== null) {
      const lines = (await readFile(log, 'utf8')).trim().split('\n');
      const reason = lines.findLast((line) => line.includes('FATAL')) ?? lines.at(-1) ?? '';
      throw new LocalError(`PostgreSQL did not start: ${reason} (see ${log})`);
    }
    const state = await readFile(join(folder, 'postmaster.pid'), 'utf8').catch(() => '');
    if (/^ready\s*$/m.test(state)) return;
    await sleep(pollMs);
  }
  throw new LocalError(`PostgreSQL was not ready within ${startMsMax / 1000} s: see ${log}`);
};

const stopChild = async (child: ChildProcess, exited: Promise<void>): Promise<void> => {
  // "Fast": sessions are ended, the data is written out. "Immediate" and a kill are for a server that hangs.
  for (const [signal, patienceMs] of [
    ['SIGINT', 3_000],
    ['SIGQUIT', 1_000],
    ['SIGKILL', 1_000],
  ] as const) {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill(signal);
    await Promise.race([exited, sleep(patienceMs, undefined, { ref: false })]);
  }
};

const startMsMax = 30_000;
const pollMs = 10;
const never = new Promise<never>(() => undefined);
