import { migrate } from './migrations/migrate.ts';
import { writeMigration } from './migrations/write.ts';

/**
 * `migrate` brings the database of DATABASE_URL to the newest migration; `migrate --diff <title>` writes what the schema
 * has beyond the migrations as a new one, which then wants reading before it is committed.
 */
const main = async ([option, title]: readonly string[]): Promise<string> => {
  const databaseUrl = process.env['DATABASE_URL'] ?? '';
  if (databaseUrl === '') throw new Error('Set DATABASE_URL to the database to migrate, as in .env.example.');
  if (option === '--diff') {
    if (title === undefined) throw new Error('Give the migration a title: npm run db:diff -- add_something');
    return (await writeMigration(databaseUrl, title)) ?? 'The migrations already equal the schema.';
  }
  const applied = await migrate(databaseUrl);
  return applied.length === 0 ? 'The database is up to date.' : `Applied ${applied.join(', ')}.`;
};

try {
  console.log(await main(process.argv.slice(2)));
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
