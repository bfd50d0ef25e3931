import { spawn } from 'node:child_process';
import { chown, mkdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { LocalError } from '../local-error.ts';
import type { PostgresBinaries } from './binaries.ts';
import type { Identity } from './identity.ts';

/**
 * Makes the data folder unless it is there. It appears whole or not at all: what a killed start left half-made under the
 * working name is thrown away.
 */
export const ensureDataFolder = async (
  folder: string,
  { binaries, identity, password }: { binaries: PostgresBinaries; identity: Identity; password: string },
): Promise<void> => {
  if (await stat(join(folder, 'PG_VERSION')).catch(() => undefined)) return;
  const unfinished = `${folder}.unfinished`;
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished, { recursive: true, mode: 0o700 });
  const passwordFile = join(dirname(folder), 'postgres-password.tmp');
  try {
    await writeFile(passwordFile, `${password}\n`, { mode: 0o600 });
    if (identity.owner !== undefined) {
      await chown(unfinished, identity.owner.uid, identity.owner.gid);
      await chown(passwordFile, identity.owner.uid, identity.owner.gid);
    }
    await runInitdb(identity, binaries.initdb, [
      `--pgdata=${unfinished}`,
      `--pwfile=${passwordFile}`,
      '--username=postgres',
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      // The server's own rules of order and case, so that the data means the same on every machine.
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      '--locale=C',
      '--no-instructions',
    ]);
  } finally {
    await rm(passwordFile, { force: true });
  }
  await rename(unfinished, folder);
};

const runInitdb = async (identity: Identity, initdb: string, parameters: readonly string[]): Promise<void> => {
  const [command, all] = identity.command(initdb, parameters);
  const output: string[] = [];
  const code = await new Promise<number | null>((resolve, reject) => {
    const child = spawn(command, all, { cwd: '/', stdio: ['ignore', 'ignore', 'pipe'], env: cleanEnvironment() });
    child.stderr.on('data', (chunk: Buffer) => output.push(chunk.toString()));
    child.once('error', reject);
    child.once('close', resolve);
  });
  const reason = output.join('').trim().split('\n').at(-1) ?? '';
  if (code !== 0)
    throw new LocalError(`PostgreSQL could not make its data folder: ${reason} (or set DATABASE_URL to one of yours)`);
};

/** PG* settings of the user's shell are meant for other servers; a locale that the machine lacks would stop this one. */
export const cleanEnvironment = (): NodeJS.ProcessEnv => ({
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(PG|LC_|LANG)/.test(name))),
  LC_ALL: 'C',
});
