import { DatabaseError, types, type CustomTypesConfig, type Pool } from 'pg';
import { inSpan } from '../telemetry/span.ts';
import type { Transaction } from './client.ts';
import { unavailable } from './errors.ts';
import { Prisma } from './generated/client.ts';
import { createStatementNames } from './statement-names.ts';

interface Result {
  readonly rows: unknown[];
  readonly rowCount: number | null;
}

/**
 * The same tables, whose SQL goes to the driver at once: Prisma takes every statement through its query compiler and an
 * interpreter, which costs more than the statement itself. Rows come as Prisma gives them. Errors are the driver's own,
 * as `asFailure` and `isUniqueViolation` take them, too.
 */
export const withDirectSql = (client: Transaction, pool: Pool): Transaction => {
  const nameOf = createStatementNames();
  const run = async (sql: TemplateStringsArray | Prisma.Sql, values: readonly unknown[]): Promise<Result> => {
    const { text, values: parameters } = 'text' in sql ? sql : Prisma.sql(sql, ...values);
    return inSpan('sql', { 'db.system.name': 'postgresql' }, () =>
      pool
        .query({ name: nameOf({ sql: text }), text, values: parameters, types: asPrismaDoes })
        .catch((thrown: unknown) => {
          // What the server did not say itself is about the connection.
          throw thrown instanceof DatabaseError ? thrown : unavailable(thrown);
        }),
    );
  };
  const direct = {
    $queryRaw: async (sql: TemplateStringsArray | Prisma.Sql, ...values: unknown[]): Promise<unknown[]> =>
      (await run(sql, values)).rows,
    $executeRaw: async (sql: TemplateStringsArray | Prisma.Sql, ...values: unknown[]) =>
      (await run(sql, values)).rowCount ?? 0,
  };
  return new Proxy(client, {
    get: (target, key): unknown =>
      key === '$queryRaw' || key === '$executeRaw' ? direct[key] : Reflect.get(target, key),
  });
};

const { builtins } = types;

/** Where the driver on its own would give text, or a moment in the process's time zone. */
const prismaParsers: ReadonlyMap<number, (text: string) => unknown> = new Map<number, (text: string) => unknown>([
  [builtins.INT8, BigInt],
  [builtins.NUMERIC, (text) => new Prisma.Decimal(text)],
  [builtins.DATE, (text) => new Date(`${text}T00:00:00Z`)],
  [builtins.TIMESTAMP, (text) => new Date(`${text.replace(' ', 'T')}Z`)],
]);

const asPrismaDoes: CustomTypesConfig = {
  getTypeParser: (type, format): unknown => prismaParsers.get(type) ?? types.getTypeParser(type, format),
};
