import { randomUUID } from 'node:crypto';
import { PrismaPg } from '@prisma/adapter-pg';
import { ColumnTypeEnum, type SqlMigrationAwareDriverAdapterFactory } from '@prisma/driver-adapter-utils';
import { Client, Pool, type QueryArrayConfig } from 'pg';

export interface MigrationDriver {
  readonly factory: SqlMigrationAwareDriverAdapterFactory;
  /** Gives back the connections and, with them, the engine's lock on the database. */
  readonly close: () => Promise<void>;
}

/**
 * The pg driver, made fit for the schema engine in three places: it does not know the type "char" of the system tables
 * that the engine reads, it cuts scripts in the middle of a function, and it cannot drop its scratch database, because its
 * own pool holds that open.
 */
export const openMigrationDriver = (databaseUrl: string): MigrationDriver => {
  const pool = openPool(databaseUrl);
  return {
    factory: {
      provider: 'postgres',
      adapterName: '@prisma/adapter-pg',
      connect: () => openAdapter(pool),
      connectToShadowDb: () => openScratch(databaseUrl),
    },
    close: () => pool.end(),
  };
};

const openScratch = async (databaseUrl: string) => {
  const name = `parley_shadow_${randomUUID().replaceAll('-', '')}`;
  await execute(databaseUrl, `create database ${name}`);
  const scratch = new URL(databaseUrl);
  scratch.pathname = `/${name}`;
  const pool = openPool(scratch.href);
  const adapter = await openAdapter(pool);
  return Object.assign(adapter, {
    dispose: async () => {
      await pool.end();
      await execute(databaseUrl, `drop database if exists ${name} with (force)`);
    },
  });
};

const openPool = (databaseUrl: string): Pool => {
  const pool = new Pool({ connectionString: databaseUrl, connectionTimeoutMillis: 5_000 });
  pool.on('error', () => undefined);
  return pool;
};

/** The driver's connection, reporting columns of type "char" as characters: the driver would refuse them. */
const openAdapter = async (pool: Pool) => {
  const characters = new WeakMap<readonly unknown[], readonly number[]>();
  const query = pool.query.bind(pool);
  const queryNotingCharacters = async (config: QueryArrayConfig) => {
    const result = await query(config);
    const columns = result.fields.flatMap((field, index) => (field.dataTypeID === charOid ? [index] : []));
    for (const index of columns) Object.assign(result.fields[index] ?? {}, { dataTypeID: textOid });
    if (columns.length > 0) characters.set(result.rows, columns);
    return result;
  };
  const adapter = await new PrismaPg(Object.assign(pool, { query: queryNotingCharacters })).connect();
  const queryRaw = adapter.queryRaw.bind(adapter);
  return Object.assign(adapter, {
    // The driver would cut at every semicolon, those inside a function's body too. As one, it also happens whole or not.
    executeScript: async (script: string) => {
      await query(script);
    },
    queryRaw: async (...parameters: Parameters<typeof queryRaw>) => {
      const result = await queryRaw(...parameters);
      for (const index of characters.get(result.rows) ?? []) result.columnTypes[index] = ColumnTypeEnum.Character;
      return result;
    },
  });
};

const charOid = 18;
const textOid = 25;

const execute = async (databaseUrl: string, sql: string): Promise<void> => {
  const client = new Client({ connectionString: databaseUrl, connectionTimeoutMillis: 5_000 });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
};
