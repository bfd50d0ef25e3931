import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { dependent } from './dependent.ts';

export interface ChildOptions {
  /** Stands before each line of its output. */
  readonly label: string;
  readonly program: string;
  readonly parameters: readonly string[];
  readonly environment: NodeJS.ProcessEnv;
  readonly print: (line: string) => void;
}

export interface KeptChild {
  readonly pid: () => number | undefined;
  /** SIGTERM, and SIGKILL after `patienceMs`; resolves when it is gone and stays so. */
  readonly stop: (patienceMs: number) => Promise<void>;
}

const firstDelayMs = 250;
const delayMsMax = 10_000;
/** One that ran this long has recovered: the next delay is the first again. */
const settledMs = 30_000;

/**
 * Runs a Node program as a process of its own and starts it again whenever it ends, ever later, until it is stopped. It is
 * outside our process group, so that Ctrl-C reaches us alone and we stop all in order.
 */
export const keepChild = (options: ChildOptions): KeptChild => {
  const stopping = new AbortController();
  const isStopping = (): boolean => stopping.signal.aborted;
  let child: ChildProcess | undefined;
  const run = async (): Promise<void> => {
    let delayMs = firstDelayMs;
    while (!isStopping()) {
      const started = performance.now();
      child = launch(options);
      const reason = await ended(child);
      if (isStopping()) return;
      if (performance.now() - started > settledMs) delayMs = firstDelayMs;
      options.print(`${options.label} ended (${reason}); starting it again in ${delayMs / 1000} s`);
      await sleep(delayMs, undefined, { signal: stopping.signal }).catch(() => undefined);
      delayMs = Math.min(delayMsMax, delayMs * 2);
    }
  };
  const finished = run();
  return {
    pid: () => child?.pid,
    stop: async (patienceMs) => {
      stopping.abort();
      child?.kill('SIGTERM');
      const late = sleep(patienceMs, 'late' as const, { ref: false });
      if ((await Promise.race([finished, late])) === 'late') child?.kill('SIGKILL');
      await finished;
    },
  };
};

const launch = ({ label, program, parameters, environment, print }: ChildOptions): ChildProcess => {
  const [command, all] = dependent('TERM', process.execPath, ['--enable-source-maps', program, ...parameters]);
  const child = spawn(command, all, { env: environment, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => print(`${label} ${line}`));
  }
  return child;
};

const ended = (child: ChildProcess): Promise<string> =>
  new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code, signal) => resolve(signal ?? `code ${code ?? 'unknown'}`));
  });
