import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../infra/local/ports.ts';
import { projectRoot } from '../../infra/local/project-root.ts';
import { eventually } from './eventually.ts';

export interface Started {
  readonly pid: number;
  readonly url: string;
  /** All that it has printed so far. */
  readonly output: () => string;
  readonly errors: () => string;
  /** Resolves when it says that it runs; fails with its words when it ends instead. */
  readonly untilRunning: () => Promise<void>;
  /** Resolves with the exit code, null after a signal. */
  readonly exited: Promise<number | null>;
  readonly signal: (signal: NodeJS.Signals) => void;
}

type Environment = Readonly<Record<string, string>>;

/** What a person types: `npm start` and the like, without npm in between, over a folder and a port of the test's own. */
export const startCommand = (command: 'start' | 'start:distributed', environment: Environment): Started => {
  const child = spawn(process.execPath, [join(projectRoot, 'infra/local/bootstrap.mjs'), command], {
    cwd: projectRoot,
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  let errors = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    output += text;
    errors += text;
  });
  let ended = false;
  const exited = new Promise<number | null>((resolve) => {
    child.once('close', (code) => {
      ended = true;
      resolve(code);
    });
  });
  return {
    pid: child.pid ?? 0,
    url: `http://127.0.0.1:${environment['PORT'] ?? ''}`,
    output: () => output,
    errors: () => errors,
    untilRunning: () =>
      eventually(() => {
        if (ended) throw new Error(`it ended instead of running:\n${output}`);
        return output.includes('Parley is running');
      }, 120_000).then(() => undefined),
    exited,
    signal: (signal) => child.kill(signal),
  };
};

/** A folder and a port that nobody has, for `DATA_DIR` and `PORT`. */
export const ownPlace = async (): Promise<{
  environment: { DATA_DIR: string; PORT: string };
  remove: () => Promise<void>;
}> => {
  const folder = await mkdtemp(join(tmpdir(), 'parley-start-'));
  return {
    environment: { DATA_DIR: folder, PORT: String(await freePort()) },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
};

export const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};
