import { Pool } from 'pg';

/** Whether the database answers within `timeoutMs`. Never throws. */
export interface Probe {
  readonly isReachable: (timeoutMs: number) => Promise<boolean>;
  readonly close: () => Promise<void>;
}

const waitMs = 1_000;

/** Asks over a connection of its own: a pool that is busy is not a database that is down. */
export const createProbe = (url: string): Probe => {
  const pool = new Pool({
    connectionString: url,
    max: 1,
    connectionTimeoutMillis: waitMs,
    query_timeout: waitMs,
    application_name: 'parley probe',
  });
  // A broken connection is what a probe is there to find; without a listener it would end the process.
  pool.on('error', nothing);
  pool.on('connect', (client) => {
    client.on('error', nothing);
  });
  return {
    isReachable: (timeoutMs) => {
      const answer = pool.query('select 1').then(
        () => true,
        () => false,
      );
      return Promise.race([answer, falseAfter(timeoutMs)]);
    },
    close: () => pool.end(),
  };
};

const nothing = (): void => undefined;

const falseAfter = (ms: number): Promise<false> =>
  new Promise((resolve) => {
    setTimeout(() => resolve(false), ms).unref();
  });
