import { PrismaPg } from '@prisma/adapter-pg';
import { Pool } from 'pg';
import { z } from 'zod';
import { Failure } from '../errors/failure.ts';
import type { Logger } from '../telemetry/logger.ts';
import { Prisma, PrismaClient } from './generated/client.ts';

/** A Prisma client inside or outside of a transaction; a store's functions take one. */
export type Transaction = Prisma.TransactionClient;

export interface Database {
  readonly client: PrismaClient;
  /** Commits all or nothing. At most 5 s, so never across an outside call. Throws `service_unavailable` when down. */
  readonly transaction: <T>(work: (tx: Transaction) => Promise<T>) => Promise<T>;
  /** Whether `select 1` answers within `timeoutMs`; never throws. */
  readonly isReachable: (timeoutMs: number) => Promise<boolean>;
  readonly close: () => Promise<void>;
}

interface DatabaseOptions {
  readonly url: string;
  readonly poolMax: number;
  readonly logger: Logger;
}

const connectTimeoutMs = 1_000;
const statementTimeoutMs = 15_000;
const transactionTimeoutMs = 5_000;

/** Opens a pool lazily: a database that is down fails the call, never the process. */
export const createDatabase = (options: DatabaseOptions): Database => {
  const pool = new Pool({
    connectionString: options.url,
    max: options.poolMax,
    connectionTimeoutMillis: connectTimeoutMs,
    statement_timeout: statementTimeoutMs,
    idleTimeoutMillis: 30_000,
    keepAlive: true,
  });
  // Without these two listeners a Postgres restart ends the process: one for idle clients, one for those checked out.
  pool.on('error', (error) => options.logger.warn({ err: error }, 'idle database connection lost'));
  pool.on('connect', (connection) => {
    connection.on('error', (error) => options.logger.warn({ err: error }, 'database connection lost'));
  });
  const client = new PrismaClient({ adapter: new PrismaPg(pool), log: [] });
  return {
    client,
    transaction: async (work) => {
      try {
        return await client.$transaction(work, { timeout: transactionTimeoutMs, maxWait: 2_000 });
      } catch (thrown) {
        throw databaseFailure(thrown);
      }
    },
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

/** True for a broken unique constraint, whichever way Prisma reports it. */
export const isUniqueViolation = (thrown: unknown): boolean =>
  thrown instanceof Prisma.PrismaClientKnownRequestError && (thrown.code === 'P2002' || rawCode(thrown) === '23505');

const rawMeta = z.object({ driverAdapterError: z.object({ cause: z.object({ originalCode: z.string() }) }) });

const rawCode = (error: Prisma.PrismaClientKnownRequestError): string | undefined =>
  rawMeta.safeParse(error.meta).data?.driverAdapterError.cause.originalCode;

const knownRejections = new Set(['P2002', 'P2003', 'P2004', 'P2025', 'P2010']);

/**
 * What a store lets out: a Failure as it is; a rejection of the data (a bug or a race) as it is, for the store to name; all
 * else — connection lost, pool empty, transaction over its time — as `service_unavailable`, outcome unknown.
 */
export const databaseFailure = (thrown: unknown): unknown => {
  if (thrown instanceof Failure) return thrown;
  if (thrown instanceof Prisma.PrismaClientKnownRequestError && knownRejections.has(thrown.code)) return thrown;
  if (thrown instanceof Prisma.PrismaClientValidationError) return thrown;
  const isOurBug = thrown instanceof TypeError || thrown instanceof RangeError || thrown instanceof z.ZodError;
  if (isOurBug) return thrown;
  return new Failure('service_unavailable', {
    detail: 'The database did not answer',
    retryAfterMs: 2_000,
    cause: thrown,
  });
};
