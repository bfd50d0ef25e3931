import { link, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LocalError } from './local-error.ts';

/** Makes this process the only start on the data folder; gives back how to let go of it. */
export const takeLock = async (dataDir: string): Promise<() => Promise<void>> => {
  const path = join(dataDir, 'start.lock');
  const mine = `${path}.${process.pid}`;
  await writeFile(mine, JSON.stringify({ pid: process.pid, started: await startOf(process.pid) }));
  try {
    for (let attempt = 0; attempt < attemptsMax; attempt += 1) {
      // A link appears whole or not at all, with what is written in it: two starts never see half a lock.
      const taken = await link(mine, path).then(
        () => true,
        () => false,
      );
      if (taken) return () => rm(path, { force: true });
      const holder = await livingHolder(path);
      if (holder !== undefined) {
        throw new LocalError(
          `${dataDir} is in use by another start (process ${holder}): stop that one, or set DATA_DIR to another folder.`,
        );
      }
      await rm(path, { force: true });
    }
  } finally {
    await rm(mine, { force: true });
  }
  throw new LocalError(`${path} cannot be made: check that you may write there.`);
};

const attemptsMax = 3;

const livingHolder = async (path: string): Promise<number | undefined> => {
  const text = await readFile(path, 'utf8').catch(() => '');
  const [, pid, started] = /^\{"pid":(\d+),"started":"(.*)"\}$/.exec(text) ?? [];
  if (pid === undefined || (await startOf(Number(pid))) !== started) return undefined;
  return Number(pid);
};

/** When that process began, which tells it from a later one with its number; `running` where the system does not say. */
const startOf = async (pid: number): Promise<string | undefined> => {
  const fields = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  // The name, in brackets, may hold blanks; the start time is the 20th field behind it.
  if (fields !== undefined) return fields.slice(fields.lastIndexOf(')') + 2).split(' ')[19] ?? 'running';
  try {
    process.kill(pid, 0);
    return process.platform === 'linux' ? undefined : 'running';
  } catch {
    return undefined;
  }
};
