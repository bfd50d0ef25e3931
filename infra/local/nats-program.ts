import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findProgram } from './dependent.ts';
import { LocalError } from './local-error.ts';
import { projectRoot } from './project-root.ts';

const run = promisify(execFile);

/**
 * The nats-server program: on this machine, else unpacked from Debian's package into node_modules/.cache. Unpacked, not
 * installed, because the package would also start a server for the whole machine.
 */
export const findNatsProgram = async (): Promise<string> => {
  const cached = join(cache, 'usr/sbin/nats-server');
  const present = findProgram('nats-server') ?? (existsSync(cached) ? cached : undefined);
  if (present !== undefined) return present;
  if (findProgram('apt-get') === undefined || findProgram('dpkg') === undefined) throw missing();
  try {
    await unpackDebianPackage();
  } catch (cause) {
    throw missing(cause);
  }
  if (!existsSync(cached)) throw missing();
  return cached;
};

const cache = join(projectRoot, 'node_modules/.cache/parley');

const unpackDebianPackage = async (): Promise<void> => {
  await mkdir(cache, { recursive: true });
  const download = () => run('apt-get', ['download', 'nats-server'], { cwd: cache, timeout: 120_000 });
  // A fresh container has no package lists, and only root may fetch them.
  await download().catch(async () => {
    await run('apt-get', ['update', '-qq'], { timeout: 120_000 });
    await download();
  });
  const file = (await readdir(cache)).find((name) => /^nats-server_.*\.deb$/.test(name));
  if (file !== undefined) await run('dpkg', ['-x', file, '.'], { cwd: cache, timeout: 60_000 });
};

const missing = (cause?: unknown): LocalError =>
  new LocalError('There is no nats-server on this machine: install it (https://nats.io/download) or set NATS_URL.', {
    cause,
  });
