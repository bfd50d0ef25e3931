import { PrismaPg } from '@prisma/adapter-pg';
import { isDriverAdapterError, type SqlDriverAdapterFactory, type SqlQueryable } from '@prisma/driver-adapter-utils';
import { Pool } from 'pg';
import type { Logger } from 'pino';
import { unavailable } from './errors.ts';
import { createStatementNames } from './statement-names.ts';

interface DriverOptions {
  readonly url: string;
  readonly poolMax: number;
  readonly connectionWaitMs: number;
  readonly logger: Logger;
}

const statementTimeoutMs = 10_000;

/** The connections, and the driver that Prisma reaches them through. */
export const openDriver = (options: DriverOptions): { driver: SqlDriverAdapterFactory; pool: Pool } => {
  const pool = openPool(options);
  const driver = new PrismaPg(pool, { statementNameGenerator: createStatementNames() });
  return {
    pool,
    driver: {
      provider: driver.provider,
      adapterName: driver.adapterName,
      connect: async () => {
        const adapter = guarded(await driver.connect());
        const begin = adapter.startTransaction.bind(adapter);
        return Object.assign(adapter, {
          startTransaction: guard(async (...level: Parameters<typeof begin>) => guarded(await begin(...level))),
        });
      },
    },
  };
};

const openPool = ({ url, poolMax, connectionWaitMs, logger }: DriverOptions): Pool => {
  const pool = new Pool({
    connectionString: url,
    max: poolMax,
    connectionTimeoutMillis: connectionWaitMs,
    idleTimeoutMillis: 60_000,
    statement_timeout: statementTimeoutMs,
    // For a server that does not even answer the cancellation.
    query_timeout: statementTimeoutMs + 1_000,
    idle_in_transaction_session_timeout: statementTimeoutMs,
    keepAlive: true,
    application_name: 'parley',
  });
  const lost = (error: Error): void => {
    // Of a pool that is closing, and never whole: the error carries the connection with all its statements.
    if (!pool.ending) logger.warn({ reason: error.message }, 'database connection lost');
  };
  // Without the first, an idle connection that breaks ends the process; without the second, one in use does.
  pool.on('error', lost);
  pool.on('connect', (client) => {
    client.on('error', lost);
  });
  return pool;
};

/**
 * Errors that the driver has no words for (a dead connection, no connection free, no answer) come out of Prisma as plain
 * errors that nobody can tell from a defect in the work. So they are named here, where they are born.
 */
const guarded = <T extends SqlQueryable>(queryable: T): T =>
  Object.assign(queryable, {
    queryRaw: guard(queryable.queryRaw.bind(queryable)),
    executeRaw: guard(queryable.executeRaw.bind(queryable)),
  });

const guard =
  <P extends readonly unknown[], R>(call: (...parameters: P) => Promise<R>) =>
  async (...parameters: P): Promise<R> => {
    try {
      return await call(...parameters);
    } catch (error) {
      throw isDriverAdapterError(error) ? error : unavailable(error);
    }
  };
