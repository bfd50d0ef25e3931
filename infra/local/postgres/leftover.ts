import { execFile } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { LocalError } from '../local-error.ts';

/**
 * Clears what a killed start left: a server that lost its parent is stopped in order, and a pid file whose number belongs
 * to another program by now is removed, because PostgreSQL itself would take that program for a running server.
 */
export const clearLeftover = async (dataFolder: string): Promise<void> => {
  const pidFile = join(dataFolder, 'postmaster.pid');
  const text = await readFile(pidFile, 'utf8').catch(() => '');
  const pid = Number.parseInt(text, 10);
  if (Number.isNaN(pid)) return;
  if (!(await isPostgres(pid))) {
    await rm(pidFile, { force: true });
    return;
  }
  process.kill(pid, 'SIGINT');
  for (let waitedMs = 0; waitedMs < stopMsMax; waitedMs += 20) {
    if (!isAlive(pid)) return;
    await sleep(20);
  }
  throw new LocalError(`PostgreSQL of an earlier start (process ${pid}) does not stop: end it, then start again.`);
};

const stopMsMax = 10_000;

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

const isPostgres = async (pid: number): Promise<boolean> => {
  if (!isAlive(pid)) return false;
  const name = await readFile(`/proc/${pid}/comm`, 'utf8').catch(async () => {
    const { stdout } = await promisify(execFile)('ps', ['-p', String(pid), '-o', 'comm=']).catch(() => ({
      stdout: '',
    }));
    return stdout;
  });
  return name.includes('postgres');
};
