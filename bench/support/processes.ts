import { spawn, type ChildProcess } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Program {
  readonly name: string;
  readonly pid: number;
  readonly stop: () => Promise<void>;
}

interface Launch {
  readonly name: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Where to leave a CPU profile of its whole life, for the developer tools of a browser. */
  readonly profileDir?: string | undefined;
}

/** Starts one of our built programs with its output in a file of `logDir`. */
export const startProgram = async (program: Launch, logDir: string): Promise<Program> => {
  await mkdir(logDir, { recursive: true });
  const log = createWriteStream(join(logDir, `${program.name}.log`));
  const child = spawn(process.execPath, [...profileArgs(program), ...program.args], {
    env: { PATH: process.env['PATH'] ?? '', ...program.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child.stdout.pipe(log);
  child.stderr.pipe(log);
  if (child.pid === undefined) throw new Error(`${program.name} did not start`);
  return { name: program.name, pid: child.pid, stop: () => end(child) };
};

const profileArgs = ({ name, profileDir }: Launch): readonly string[] =>
  profileDir === undefined
    ? []
    : ['--cpu-prof', `--cpu-prof-dir=${profileDir}`, `--cpu-prof-name=${name}.cpuprofile`, '--cpu-prof-interval=500'];

const end = async (child: ChildProcess): Promise<void> => {
  const hasEnded = (): boolean => child.exitCode !== null || child.signalCode !== null;
  if (hasEnded()) return;
  const exited = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await Promise.race([exited, sleep(15_000, undefined, { ref: false })]);
  if (!hasEnded()) child.kill('SIGKILL');
};

/** Waits until `url` answers 200, at most 30 s. */
export const waitForOk = async (url: string): Promise<void> => {
  for (let waited = 0; waited < 300; waited += 1) {
    const ok = await fetch(url).then(
      (response) => response.ok,
      () => false,
    );
    if (ok) return;
    await sleep(100);
  }
  throw new Error(`${url} did not answer 200 within 30 s`);
};
