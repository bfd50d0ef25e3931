import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { inject } from 'vitest';
import { startNats, type NatsServer } from '../../infra/local/nats.ts';
import { findNatsProgram } from '../../infra/local/nats-program.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Of a PostgreSQL server where we may create databases. */
    readonly postgresUrl: string;
    /** Migrated and without rows; copied for each test. */
    readonly templateDatabase: string;
    /** Of a NATS server with JetStream that all test files share; missing with a reason when there is none. */
    readonly nats: { readonly url: string } | { readonly missing: string };
  }
}

export interface TestDatabase {
  readonly url: string;
  readonly drop: () => Promise<void>;
}

/** A migrated, empty database that is the caller's alone; copied from a template, so it takes a few tens of ms. */
export const createDatabase = async (): Promise<TestDatabase> => {
  const name = `parley_test_${randomUUID().replaceAll('-', '')}`;
  await administer(`create database ${name} template ${inject('templateDatabase')}`);
  return {
    url: databaseUrl(inject('postgresUrl'), name),
    drop: () => administer(`drop database if exists ${name} with (force)`),
  };
};

/** Of the shared server: give streams and subjects names of your own, or start one with `startNatsServer`. */
export const natsUrl = (): string => {
  const nats = inject('nats');
  if ('missing' in nats) throw new Error(nats.missing);
  return nats.url;
};

export interface TestNats extends NatsServer {
  /** Ends the server and starts it again on the same port: with its streams, or with an empty store. */
  readonly restart: (options?: { readonly signal?: 'SIGTERM' | 'SIGKILL'; readonly wipe?: boolean }) => Promise<void>;
}

/**
 * A NATS server that is the caller's alone, for tests that own all streams or kill it; with `users` (public keys, see
 * infra/nats/keys.ts) it takes those only.
 */
export const startNatsServer = async (users?: Readonly<Record<string, string>>): Promise<TestNats> => {
  const program = await findNatsProgram();
  const dataDir = await mkdtemp(join(tmpdir(), 'parley-nats-'));
  let server = await startNats({ program, dataDir, users });
  const { port, url } = server;
  return {
    port,
    url,
    get pid() {
      return server.pid;
    },
    get died() {
      return server.died;
    },
    stop: async (signal) => {
      await server.stop(signal);
      await rm(dataDir, { recursive: true, force: true });
    },
    restart: async ({ signal = 'SIGTERM', wipe = false } = {}) => {
      await server.stop(signal);
      if (wipe) await rm(join(dataDir, 'nats'), { recursive: true, force: true });
      server = await startNats({ program, dataDir, port, users });
    },
  };
};

/** The same server, another database. */
export const databaseUrl = (url: string, name: string): string => {
  const changed = new URL(url);
  changed.pathname = `/${name}`;
  return changed.href;
};

const administer = async (sql: string): Promise<void> => {
  const client = new Client({ connectionString: inject('postgresUrl') });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
};
