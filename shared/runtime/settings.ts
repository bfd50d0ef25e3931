import { z } from 'zod';
import { milliseconds } from './config.ts';

/** What every process reads, whatever services it runs. `.env.example` explains each. */
export const platformSettings = z.object({
  NODE_ENV: z.enum(['development', 'production', 'test']).default('development'),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  DATA_DIR: z.string().default('.data'),
  DATABASE_URL: z.string().optional(),
  POSTGRES_HOST: z.string().default('127.0.0.1'),
  POSTGRES_PORT: z.coerce.number().int().default(5432),
  POSTGRES_DB: z.string().default('parley'),
  POSTGRES_USER: z.string().default('postgres'),
  POSTGRES_PASSWORD: z.string().default(''),
  DATABASE_POOL_MAX: z.coerce.number().int().min(2).max(100).default(10),
  NATS_URL: z.string().optional(),
  NATS_NKEY_SEED: z.string().optional(),
  NATS_REPLICAS: z.enum(['1', '3', '5']).default('1').transform(Number),
  SECRETS_KEY: z.string().optional(),
  HEALTH_PORT: z.coerce.number().int().min(0).max(65535).optional(),
  DRAIN_TIMEOUT_MS: milliseconds.default(10_000),
  LOOP_LAG_MAX_MS: milliseconds.default(200),
});
export type PlatformSettings = z.infer<typeof platformSettings>;

/** The database's address: `DATABASE_URL`, else put together from the inherited `POSTGRES_*` settings. */
export const databaseUrlOf = (settings: PlatformSettings): string => {
  if (settings.DATABASE_URL !== undefined) return settings.DATABASE_URL;
  const url = new URL('postgresql://localhost');
  url.hostname = settings.POSTGRES_HOST;
  url.port = String(settings.POSTGRES_PORT);
  url.pathname = settings.POSTGRES_DB;
  url.username = settings.POSTGRES_USER;
  url.password = settings.POSTGRES_PASSWORD;
  return url.toString();
};
