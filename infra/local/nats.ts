import { spawn } from 'node:child_process';
import { mkdir, open, readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { dependent } from './dependent.ts';
import { LocalError } from './local-error.ts';
import { freePort } from './ports.ts';
import { projectRoot } from './project-root.ts';

export interface NatsOptions {
  readonly program: string;
  /** Holds the streams and the log. */
  readonly dataDir: string;
  readonly port?: number | undefined;
  /** Public keys of its users (`serverEnvironment`); without them it takes anybody. */
  readonly users?: Readonly<Record<string, string>> | undefined;
  /** A configuration of its own, which finds `users` in its environment; `users.conf` where there are users. */
  readonly config?: string;
}

export interface NatsServer {
  readonly port: number;
  readonly pid: number;
  readonly url: string;
  /** Resolves with the reason when the server ends without having been asked to. */
  readonly died: Promise<string>;
  readonly stop: (signal?: 'SIGTERM' | 'SIGKILL') => Promise<void>;
}

/** Starts a NATS server with JetStream of our own on 127.0.0.1 and waits until it takes connections. */
export const startNats = async ({ program, ...options }: NatsOptions): Promise<NatsServer> => {
  const dataDir = resolve(options.dataDir);
  await mkdir(dataDir, { recursive: true });
  const port = await freePort(options.port);
  const logFile = join(dataDir, 'nats.log');
  const log = await open(logFile, 'w', 0o600);
  const { users, config = users === undefined ? undefined : usersFile } = options;
  const listen = ['-a', '127.0.0.1', '-p', String(port), '-js', '-sd', join(dataDir, 'nats')];
  const [command, parameters] = dependent('TERM', program, config === undefined ? listen : ['-c', config, ...listen]);
  const child = spawn(command, parameters, {
    detached: true,
    env: { ...process.env, ...users },
    stdio: ['ignore', log.fd, log.fd],
  });
  const exited = new Promise<void>((done) => {
    child.once('error', () => done());
    child.once('exit', () => done());
  });
  await log.close();
  const ended = (): boolean => child.exitCode !== null || child.signalCode !== null || child.pid === undefined;
  for (let waitedMs = 0; !(await natsAnswers(port)); waitedMs += pollMs) {
    if (ended() || waitedMs > startMsMax) {
      child.kill('SIGKILL');
      const reason = (await readFile(logFile, 'utf8')).trim().split('\n').at(-1) ?? '';
      throw new LocalError(`The NATS server did not start: ${reason} (see ${logFile})`);
    }
    await sleep(pollMs);
  }
  let stopping = false;
  return {
    port,
    pid: child.pid ?? 0,
    url: `nats://127.0.0.1:${port}`,
    died: exited.then(() => (stopping ? never : `The NATS server ended by itself: see ${logFile}`)),
    stop: async (signal = 'SIGTERM') => {
      stopping = true;
      for (const step of [signal, 'SIGKILL'] as const) {
        if (ended()) return;
        child.kill(step);
        await Promise.race([exited, sleep(stopMsMax, undefined, { ref: false })]);
      }
    },
  };
};

/** A server that takes connections greets each with its INFO line. */
export const natsAnswers = (port: number, host = '127.0.0.1'): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ port, host, timeout: 2_000 });
    const finish = (answered: boolean): void => {
      socket.destroy();
      resolve(answered);
    };
    socket.once('data', (chunk) => finish(chunk.toString().startsWith('INFO')));
    socket.once('error', () => finish(false));
    socket.once('timeout', () => finish(false));
  });

const usersFile = join(projectRoot, 'infra/nats/users.conf');
const startMsMax = 15_000;
const stopMsMax = 3_000;
const pollMs = 20;
const never = new Promise<never>(() => undefined);
