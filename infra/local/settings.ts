import { resolve } from 'node:path';
import { z } from 'zod';
import { loadConfig, type Environment } from '../../shared/runtime/config.ts';
import { databaseUrlOf, platformSettings } from '../../shared/runtime/settings.ts';

const url = (protocol: RegExp, example: string) => z.url({ protocol, error: `must be an address such as ${example}` });
const servicesUrl = url(/^https?$/, 'https://example.com');

const settings = z.object({
  NODE_ENV: z.enum(['development', 'production', 'test']).default('development'),
  PORT: z.coerce.number('must be a port number').int().min(1).max(65_535).default(8000),
  HOST: z.string().optional(),
  DATA_DIR: z.string().default('.data'),
  ADMIN_API_KEY: z.string().min(8, 'must have at least 8 characters').default('test_api_key_123'),
  DATABASE_URL: url(/^postgres(ql)?$/, 'postgresql://user:password@host:5432/parley').optional(),
  NATS_URL: z
    .string()
    .regex(/^(nats|tls):\/\/\S+$/, 'must be an address such as nats://127.0.0.1:4222')
    .optional(),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('warn'),
  SECRETS_KEY: z.string().min(32, 'must have at least 32 characters').optional(),
  DIGITALOCEAN_TOKEN: z.string().optional(),
  DIGITALOCEAN_PROJECT_ID: z.string().optional(),
  GRADIENT_BASE_URL: servicesUrl.optional(),
  MEMORI_BASE_URL: servicesUrl.optional(),
  LLM_BASE_URL: servicesUrl.optional(),
  LLM_API_KEY: z.string().optional(),
  LLM_MODEL: z.string().optional(),
  REPLICAS: z
    .string()
    .regex(
      /^(gateway|provisioning|knowledge|chat|memory)=[1-9](,(gateway|provisioning|knowledge|chat|memory)=[1-9])*$/,
      'must be a list such as chat=2,memory=2, at most 9 of each',
    )
    .optional(),
});

/** What a person may set for a local start; `.env.example` explains each. */
export type LocalSettings = z.output<typeof settings>;

/** Reads the settings that concern the start itself; the services check theirs. Throws ConfigError, one line in all. */
export const loadSettings = (environment: Environment): LocalSettings => {
  const loaded = loadConfig(settings, environment);
  return { ...loaded, ...databaseByParts(environment), DATA_DIR: resolve(loaded.DATA_DIR) };
};

/** The original's way to name a database counts as naming one. */
const databaseByParts = (environment: Environment): { DATABASE_URL?: string } =>
  (environment['POSTGRES_HOST'] ?? '') === '' || (environment['DATABASE_URL'] ?? '') !== ''
    ? {}
    : { DATABASE_URL: databaseUrlOf(loadConfig(platformSettings, environment)) };
