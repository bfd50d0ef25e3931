import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrate } from './migrations/migrate.ts';
import { writeMigration } from './migrations/write.ts';
import { bringBus } from './nats/bring-bus.ts';

/**
 * `migrate` brings the database of DATABASE_URL to the newest migration and, where NATS_URL is set, the bus to this
 * release's streams (NATS_NKEY_SEED is then the topology user's); `migrate --diff <title>` writes what the schema
 * has beyond the migrations as a new one, which then wants reading before it is committed.
 */
const main = async ([option, title]: readonly string[]): Promise<string> => {
  const databaseUrl = process.env['DATABASE_URL'] ?? '';
  if (option === '--diff') {
    if (title === undefined) throw new Error('Give the migration a title: npm run db:diff -- add_something');
    const write = (url: string) => writeMigration(url, title);
    const folder = databaseUrl === '' ? await withPassingServer(write) : await write(databaseUrl);
    return folder ?? 'The migrations already equal the schema.';
  }
  if (databaseUrl === '') throw new Error('Set DATABASE_URL to the database to migrate, as in .env.example.');
  const applied = await migrate(databaseUrl);
  const words = applied.length === 0 ? 'The database is up to date.' : `Applied ${applied.join(', ')}.`;
  const { NATS_URL = '', NATS_NKEY_SEED } = process.env;
  if (NATS_URL === '') return words;
  await bringBus(NATS_URL, NATS_NKEY_SEED === '' ? undefined : NATS_NKEY_SEED);
  return `${words} So are the streams of NATS.`;
};

/** Comparing takes an empty database only, so any server does. */
const withPassingServer = async <T>(work: (url: string) => Promise<T>): Promise<T> => {
  const { startPostgres } = await import('./local/postgres/server.ts');
  const dataDir = await mkdtemp(join(tmpdir(), 'parley-diff-'));
  const server = await startPostgres({ dataDir, password: 'passing', durable: false });
  try {
    return await work(server.url('postgres'));
  } finally {
    await server.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
};

try {
  console.log(await main(process.argv.slice(2)));
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
