import { PrismaPg } from '@prisma/adapter-pg';
import { Pool } from 'pg';
import { ZodError } from 'zod';
import type { Logger } from '../telemetry/logger.ts';
import { asFailure } from './errors.ts';
import { PrismaClient, type Prisma } from './generated/client.ts';
import { createStatementNames } from './statement-names.ts';

/** A Prisma client inside or outside of a transaction; a store's functions take one. */
export type Transaction = Prisma.TransactionClient;

/** The one way to the tables. Whatever is not a refusal of the data itself comes out as `service_unavailable`. */
export interface Database {
  /** One statement, or several that need not agree with each other. */
  readonly run: <T>(work: (client: Transaction) => Promise<T>) => Promise<T>;
  /** Commits all or nothing. At most 5 s, so never across an outside call. After a lost commit the outcome is unknown. */
  readonly transaction: <T>(work: (tx: Transaction) => Promise<T>) => Promise<T>;
  /** Whether `select 1` answers within `timeoutMs`; never throws. */
  readonly isReachable: (timeoutMs: number) => Promise<boolean>;
  readonly close: () => Promise<void>;
}

interface DatabaseOptions {
  readonly url: string;
  /** Connections at most. */
  readonly poolMax: number;
  readonly logger: Logger;
}

/** Waiting for a connection, new or free: over this, refusing beats queueing. */
const connectTimeoutMs = 1_000;
const statementTimeoutMs = 10_000;
const transactionTimeoutMs = 5_000;

/** Opens a pool. Nothing is connected until the first call, so a database that is down fails calls, never the process. */
export const createDatabase = (options: DatabaseOptions): Database => {
  const pool = openPool(options);
  const client = new PrismaClient({ adapter: new PrismaPg(pool, { statementNameGenerator: createStatementNames() }) });
  return {
    run: (work) => translated(() => work(client)),
    transaction: (work) =>
      translated(() => client.$transaction(work, { timeout: transactionTimeoutMs, maxWait: connectTimeoutMs })),
    isReachable: async (timeoutMs) => {
      const answer = pool.query('select 1').then(
        () => true,
        () => false,
      );
      const timeout = new Promise<false>((resolve) => setTimeout(resolve, timeoutMs, false).unref());
      return Promise.race([answer, timeout]);
    },
    close: async () => {
      await client.$disconnect();
      await pool.end();
    },
  };
};

const openPool = ({ url, poolMax, logger }: DatabaseOptions): Pool => {
  const pool = new Pool({
    connectionString: url,
    max: poolMax,
    connectionTimeoutMillis: connectTimeoutMs,
    idleTimeoutMillis: 60_000,
    statement_timeout: statementTimeoutMs,
    query_timeout: statementTimeoutMs + 1_000,
    idle_in_transaction_session_timeout: statementTimeoutMs,
    keepAlive: true,
    application_name: 'parley',
  });
  // Without the first listener an idle connection that breaks ends the process; without the second, one in use does.
  pool.on('error', (error) => logger.warn({ err: error }, 'idle database connection lost'));
  pool.on('connect', (connection) => {
    connection.on('error', (error) => logger.warn({ err: error }, 'database connection lost'));
  });
  return pool;
};

const translated = async <T>(work: () => Promise<T>): Promise<T> => {
  try {
    return await work();
  } catch (thrown) {
    throw isOurDefect(thrown) ? thrown : asFailure(thrown);
  }
};

// A defect in the work itself must not pass for a database that is away.
const isOurDefect = (thrown: unknown): boolean =>
  thrown instanceof TypeError || thrown instanceof RangeError || thrown instanceof ZodError;
