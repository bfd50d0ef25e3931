import { Client } from 'pg';
import { startNats } from '../../../infra/local/nats.ts';
import { findNatsProgram } from '../../../infra/local/nats-program.ts';
import { startPostgres } from '../../../infra/local/postgres/server.ts';
import { migrate } from '../../../infra/migrations/migrate.ts';
import { keep, type Kept } from './kept.ts';
import { ownsPort } from './ports.ts';

interface ServerOptions {
  readonly dataDir: string;
  readonly port: number;
  readonly delayMs: () => number;
}

export interface KeptServer extends Kept {
  readonly url: string;
}

/** A NATS server of the world's own with the users that production has; its store, in `nats`, survives it. */
export const keepNats = async ({
  dataDir,
  port,
  delayMs,
  users,
}: ServerOptions & { readonly users: Readonly<Record<string, string>> }): Promise<KeptServer> => {
  const program = await findNatsProgram();
  const launch = async () => {
    const server = await startNats({ program, dataDir, port, users });
    if (server.port !== port) {
      await server.stop('SIGKILL');
      throw new Error(`port ${port} of NATS is taken`);
    }
    return { pid: server.pid, ended: server.died, isReady: () => ownsPort(server.pid, port) };
  };
  const kept = keep({ name: 'nats', launch, delayMs });
  await kept.untilReady();
  return { ...kept, url: `nats://127.0.0.1:${port}` };
};

const password = 'faults';
const database = 'parley';

/** A PostgreSQL server of the world's own with an empty, migrated database. It keeps what it acknowledged: fsync is on. */
export const keepPostgres = async ({ dataDir, port, delayMs }: ServerOptions): Promise<KeptServer> => {
  const urlOf = (name: string): string => `postgresql://postgres:${password}@127.0.0.1:${port}/${name}`;
  const launch = async () => {
    const server = await startPostgres({ dataDir, password, preferredPort: port });
    if (server.port !== port) {
      await server.stop();
      throw new Error(`port ${port} of PostgreSQL is taken`);
    }
    return { pid: server.pid, ended: server.died, isReady: () => ownsPort(server.pid, port) };
  };
  const kept = keep({ name: 'postgres', launch, delayMs });
  await kept.untilReady();
  await createDatabase(urlOf('postgres'));
  await migrate(urlOf(database));
  return { ...kept, url: urlOf(database) };
};

const createDatabase = async (url: string): Promise<void> => {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(`create database ${database}`);
  } finally {
    await client.end();
  }
};
