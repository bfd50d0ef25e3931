import { Client } from 'pg';
import { LocalError } from './local-error.ts';

/** Makes the database of the address unless it is there. Throws one line about what is wrong with the address. */
export const ensureDatabase = async (url: string): Promise<void> => {
  const name = decodeURIComponent(new URL(url).pathname.slice(1));
  if ((await attempt(url, 'select 1')) === undefined) return;
  const server = new URL(url);
  server.pathname = '/postgres';
  const refused = await attempt(server.href, `create database "${name.replaceAll('"', '""')}"`);
  // Made by another start in between, or not ours to make: what counts is whether it is there now.
  const error = (await attempt(url, 'select 1')) ?? undefined;
  if (error === undefined) return;
  const { host } = new URL(url);
  throw new LocalError(
    `DATABASE_URL: the database ${name} at ${host} does not take us (${(refused ?? error).message}).`,
  );
};

/** The error of the statement, or undefined. */
export const attempt = async (url: string, sql: string): Promise<Error | undefined> => {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 5_000, query_timeout: 15_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query(sql);
    return undefined;
  } catch (error) {
    return worded(error);
  } finally {
    await client.end().catch(() => undefined);
  }
};

/** Node gives an empty message when several addresses of a name were tried. */
const worded = (error: unknown): Error => {
  const inner: unknown = error instanceof AggregateError ? error.errors[0] : error;
  return inner instanceof Error ? inner : new Error(String(inner));
};
