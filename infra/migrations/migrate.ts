import { createHash } from 'node:crypto';
import { Client } from 'pg';
import { LocalError } from '../local/local-error.ts';
import { readMigrations } from './folder.ts';

/**
 * Brings the database to the newest migration and tells which were applied. Where nothing is to do it costs one short
 * connection; only otherwise is Prisma's engine loaded. Safe to run by several at once: the engine takes a lock. Throws
 * when a migration is not the one that was applied under its name, since nobody knows what the tables are then.
 */
export const migrate = async (databaseUrl: string): Promise<readonly string[]> => {
  const [wanted, applied] = await Promise.all([readMigrations(), readApplied(databaseUrl)]);
  const edited = wanted.find(({ name, sql }) => applied.has(name) && applied.get(name) !== checksum(sql));
  if (edited !== undefined) {
    throw new LocalError(
      `Migration ${edited.name} was changed after this database had applied it: put the file back, or start with an empty database.`,
    );
  }
  if (wanted.every(({ name }) => applied.has(name))) return [];
  const { openEngine } = await import('./engine.ts');
  const engine = await openEngine(databaseUrl);
  try {
    return await engine.applyMigrations();
  } finally {
    await engine.close();
  }
};

const checksum = (sql: string): string => createHash('sha256').update(sql).digest('hex');

/** Checksums by name, as the engine keeps them; none for a new database. */
const readApplied = async (databaseUrl: string): Promise<ReadonlyMap<string, string>> => {
  const client = new Client({ connectionString: databaseUrl, connectionTimeoutMillis: 5_000, query_timeout: 5_000 });
  client.on('error', () => undefined);
  await client.connect();
  try {
    const table = await client.query<{ found: boolean }>(
      `select to_regclass('_prisma_migrations') is not null as found`,
    );
    if (table.rows[0]?.found !== true) return new Map();
    const { rows } = await client.query<{ migration_name: string; checksum: string }>(
      'select migration_name, checksum from _prisma_migrations where finished_at is not null and rolled_back_at is null',
    );
    return new Map(rows.map((row) => [row.migration_name, row.checksum]));
  } finally {
    await client.end();
  }
};
