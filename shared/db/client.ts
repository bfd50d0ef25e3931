import { setFlagsFromString } from 'node:v8';
import type { Logger } from 'pino';
import { Failure } from '../errors/failure.ts';
import { withDirectSql } from './direct-sql.ts';
import { openDriver } from './driver.ts';
import { asFailure } from './errors.ts';
import { PrismaClient, type Prisma } from './generated/client.ts';
import { watchOutage, type Outage } from './outage.ts';
import { createProbe } from './probe.ts';

/** The tables, inside or outside of a transaction. */
export type Transaction = Prisma.TransactionClient;

/** What services see of PostgreSQL. */
export interface Database {
  /**
   * Runs statements one by one, each its own transaction. Throws what the work threw; trouble with the database itself is
   * `service_unavailable` with an unknown outcome, and what the database refused for good (see `isUniqueViolation`) is
   * Prisma's or the driver's own error.
   */
  readonly run: <T>(work: (client: Transaction) => Promise<T>) => Promise<T>;
  /**
   * Commits all of the work or nothing. Throws like `run`; a commit whose answer was lost may have happened, so the work
   * must be safe to do again. Rows stay locked while it runs, at most `timeoutMs`: no outside call belongs in there.
   */
  readonly transaction: <T>(
    work: (tx: Transaction) => Promise<T>,
    options?: { readonly timeoutMs?: number },
  ) => Promise<T>;
  /** Whether the database answers within `timeoutMs`. Never throws. */
  readonly isReachable: (timeoutMs: number) => Promise<boolean>;
  /** How many pieces of work wait for a free connection. */
  readonly waiting: () => number;
  /** Lets what runs finish and gives the connections back. */
  readonly close: () => Promise<void>;
}

export interface DatabaseOptions {
  readonly url: string;
  /** Connections at most. */
  readonly poolMax: number;
  readonly logger: Logger;
}

const transactionTimeoutMs = 15_000;
/** For a free connection: past this, refusing is better than a longer queue. */
const connectionWaitMs = 2_000;

/** Opens a pool. Nothing is connected until the first use, so this neither waits nor fails. */
export const createDatabase = (options: DatabaseOptions): Database => {
  // Prisma's query compiler is 3 MB of WebAssembly that runs once per shape of query. Optimising it costs 90 MB that never
  // come back and saves nothing measurable, so it stays at V8's first tier.
  setFlagsFromString('--liftoff-only');
  const { driver, pool } = openDriver({ ...options, connectionWaitMs });
  const client = new PrismaClient({ adapter: driver });
  const single = withDirectSql(client, pool);
  const probe = createProbe(options.url);
  const outage = watchOutage(probe);
  return {
    run: (work) => translated(outage, () => work(single)),
    transaction: (work, { timeoutMs = transactionTimeoutMs } = {}) =>
      translated(outage, () => client.$transaction(work, { maxWait: connectionWaitMs, timeout: timeoutMs })),
    isReachable: probe.isReachable,
    waiting: () => pool.waitingCount,
    close: async () => {
      outage.end();
      await client.$disconnect();
      await Promise.all([pool.end(), probe.close()]);
    },
  };
};

const translated = async <T>(outage: Outage, work: () => Promise<T>): Promise<T> => {
  outage.check();
  try {
    return await work();
  } catch (error) {
    const failure = asFailure(error);
    if (failure instanceof Failure && failure.code === 'service_unavailable') outage.suspect();
    throw failure;
  }
};
