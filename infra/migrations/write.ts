import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openEngine } from './engine.ts';
import { migrationsFolder } from './folder.ts';

/** Writes the step from the newest migration to the present schema as a new migration; undefined when they are equal. */
export const writeMigration = async (databaseUrl: string, title: string): Promise<string | undefined> => {
  const engine = await openEngine(databaseUrl);
  const sql = await engine.difference().finally(engine.close);
  if (sql === undefined) return undefined;
  const moment = new Date().toISOString().replaceAll(/\D/g, '').slice(0, 14);
  const folder = join(migrationsFolder, `${moment}_${title.toLowerCase().replaceAll(/[^a-z0-9]+/g, '_')}`);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'migration.sql'), sql);
  return folder;
};
