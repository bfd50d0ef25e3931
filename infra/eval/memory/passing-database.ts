import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { pino } from 'pino';
import { createDatabase, type Database } from '../../../shared/db/client.ts';
import { startPostgres } from '../../local/postgres/server.ts';
import { migrate } from '../../migrations/migrate.ts';

const connectionsMax = 4;

/**
 * Lends a migrated, empty database that is gone afterwards: on the server of TEST_DATABASE_URL, or else on an embedded
 * one.
 */
export const withPassingDatabase = async <T>(work: (database: Database) => Promise<T>): Promise<T> => {
  const given = process.env['TEST_DATABASE_URL'] ?? '';
  if (given !== '') return onServer(given, work);
  const dataDir = await mkdtemp(join(tmpdir(), 'parley-eval-'));
  const server = await startPostgres({ dataDir, password: 'passing', durable: false });
  try {
    return await onServer(server.url('postgres'), work);
  } finally {
    await server.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
};

const onServer = async <T>(serverUrl: string, work: (database: Database) => Promise<T>): Promise<T> => {
  const name = `parley_eval_${randomUUID().replaceAll('-', '')}`;
  await administer(serverUrl, `create database ${name}`);
  try {
    const url = new URL(serverUrl);
    url.pathname = `/${name}`;
    await migrate(url.href);
    const database = createDatabase({ url: url.href, poolMax: connectionsMax, logger: pino({ level: 'silent' }) });
    try {
      return await work(database);
    } finally {
      await database.close();
    }
  } finally {
    await administer(serverUrl, `drop database if exists ${name} with (force)`);
  }
};

const administer = async (serverUrl: string, sql: string): Promise<void> => {
  const client = new Client({ connectionString: serverUrl });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
};
