import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils';
import { openMigrationDriver } from './driver.ts';
import { readLockfile, readMigrations, readSchema } from './folder.ts';
import { loadEngine } from './load-engine.mjs';

/** What we ask of Prisma's schema engine: its own code, as WebAssembly over our driver, so there is no binary to fetch. */
export interface Engine {
  /** Applies what the folder has and the database has not, under a lock, and tells the names. */
  readonly applyMigrations: () => Promise<readonly string[]>;
  /** The SQL from the migrations to the schema, undefined when they are equal. Works in a database of its own. */
  readonly difference: () => Promise<string | undefined>;
  /** Ends its connections, and with them its lock on the database. */
  readonly close: () => Promise<void>;
}

export const openEngine = async (databaseUrl: string): Promise<Engine> => {
  const [SchemaEngine, files, migrationsList] = await Promise.all([loadEngine(), readSchema(), migrationsAsList()]);
  const datamodels = files.map(({ path, content }): [string, string] => [path, content]);
  const driver = openMigrationDriver(databaseUrl);
  const engine = await SchemaEngine.new({ datamodels }, ignoreLog, bindMigrationAwareSqlAdapterFactory(driver.factory));
  const filters = { externalTables: [], externalEnums: [] };
  return {
    applyMigrations: async () => (await engine.applyMigrations({ migrationsList, filters })).appliedMigrationNames,
    difference: async () => {
      const { exitCode, stdout } = await engine.diff({
        from: { tag: 'migrations', ...migrationsList },
        to: { tag: 'schemaDatamodel', files },
        script: true,
        exitCode: true,
        filters,
      });
      return exitCode === 0 ? undefined : (stdout ?? '');
    },
    close: driver.close,
  };
};

const migrationsAsList = async () => {
  const migrations = await readMigrations();
  return {
    baseDir: 'prisma/migrations',
    lockfile: { path: 'migration_lock.toml', content: await readLockfile() },
    shadowDbInitScript: '',
    migrationDirectories: migrations.map(({ name, sql }) => ({
      path: name,
      migrationFile: { path: 'migration.sql', content: { tag: 'ok' as const, value: sql } },
    })),
  };
};

const ignoreLog = (): void => undefined;
