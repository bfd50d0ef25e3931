import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { projectRoot } from '../local/project-root.ts';

export const migrationsFolder = join(projectRoot, 'prisma/migrations');

export interface Migration {
  /** Its folder, `<moment>_<title>`; they apply in this order. */
  readonly name: string;
  readonly sql: string;
}

export const readMigrations = async (): Promise<readonly Migration[]> => {
  const entries = await readdir(migrationsFolder, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  return Promise.all(
    names
      .sort()
      .map(async (name) => ({ name, sql: await readFile(join(migrationsFolder, name, 'migration.sql'), 'utf8') })),
  );
};

/** Prisma's own guard that the folder belongs to this kind of database. */
export const readLockfile = async (): Promise<string> =>
  readFile(join(migrationsFolder, 'migration_lock.toml'), 'utf8');

/** The schema's files, one per owner. */
export const readSchema = async (): Promise<{ path: string; content: string }[]> => {
  const folder = join(projectRoot, 'prisma/schema');
  const names = (await readdir(folder)).filter((name) => name.endsWith('.prisma')).sort();
  return Promise.all(
    names.map(async (name) => ({ path: `prisma/schema/${name}`, content: await readFile(join(folder, name), 'utf8') })),
  );
};
