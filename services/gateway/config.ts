import { existsSync } from 'node:fs';
import { isIP } from 'node:net';
import { dirname, join, resolve } from 'node:path';
import { z } from 'zod';
import { commaList, ConfigError, loadConfig, milliseconds, type Environment } from '../../shared/runtime/config.ts';

const developmentAdminKey = 'test_api_key_123';

const settings = z.object({
  NODE_ENV: z.enum(['development', 'production', 'test']).default('development'),
  PORT: z.coerce.number().int().min(0).max(65_535).default(8000),
  HOST: z.string().optional(),
  ADMIN_API_KEY: z.string().min(8).max(512).default(developmentAdminKey),
  KNOWLEDGE_WRITE_AUTH: z.enum(['api-key', 'domain-id']).optional(),
  CORS_ORIGINS: commaList.pipe(z.array(z.url({ protocol: /^https?$/ }))).default([]),
  UPLOAD_BYTES_MAX: z.coerce.number().int().min(1024).default(10_485_760),
  TRUST_PROXY: z.string().default('').transform(parseTrustedProxies),
  DEMO_FILE: z.string().optional(),
  WEB_ROOT: z.string().optional(),
  REQUEST_TIMEOUT_MS: milliseconds.default(15_000),
  UPLOAD_TIMEOUT_MS: milliseconds.default(60_000),
  ASK_TIMEOUT_MS: milliseconds.default(95_000),
  IN_FLIGHT_MAX: z.coerce.number().int().min(1).default(2_000),
  DOMAIN_IN_FLIGHT_MAX: z.coerce.number().int().min(1).default(128),
  CONNECTIONS_MAX: z.coerce.number().int().min(1).default(5_000),
  DRAIN_TIMEOUT_MS: milliseconds.default(10_000),
  DRAIN_DELAY_MS: milliseconds.default(0),
});

/** How the gateway was told to run. Times are in milliseconds, sizes in bytes. */
export interface GatewayConfig {
  readonly isDevelopment: boolean;
  readonly port: number;
  readonly host: string;
  readonly adminKey: string;
  readonly isDefaultAdminKey: boolean;
  readonly knowledgeWriteAuth: 'api-key' | 'domain-id';
  /** Origins of operators' pages that live elsewhere; answered with CORS headers on every route. */
  readonly corsOrigins: readonly string[];
  readonly uploadBytesMax: number;
  readonly jsonBytesMax: number;
  readonly textUploadBytesMax: number;
  readonly trustProxy: false | number | readonly string[];
  readonly demoFile: string | undefined;
  readonly webRoot: string;
  readonly requestTimeoutMs: number;
  readonly uploadTimeoutMs: number;
  readonly askTimeoutMs: number;
  readonly inFlightMax: number;
  readonly domainInFlightMax: number;
  readonly connectionsMax: number;
  readonly drain: {
    /** How long new connections are still taken, so that balancers can notice that this process leaves. */
    readonly delayMs: number;
    /** After it what still runs is cut off. Counts from the start of the drain. */
    readonly timeoutMs: number;
  };
}

/** Reads the gateway's settings. Production refuses the default admin key; a public id writes only in development. */
export const loadGatewayConfig = (environment: Environment): GatewayConfig => {
  const read = loadConfig(settings, environment);
  const isProduction = read.NODE_ENV === 'production';
  if (isProduction && read.ADMIN_API_KEY === developmentAdminKey) {
    throw new ConfigError('ADMIN_API_KEY: must be set in production (at least 32 random characters)');
  }
  return {
    isDevelopment: !isProduction,
    port: read.PORT,
    // Development keys are known to everybody, so development listens to this machine alone unless told otherwise.
    host: read.HOST ?? (isProduction ? '0.0.0.0' : '127.0.0.1'),
    adminKey: read.ADMIN_API_KEY,
    isDefaultAdminKey: read.ADMIN_API_KEY === developmentAdminKey,
    knowledgeWriteAuth: read.KNOWLEDGE_WRITE_AUTH ?? (isProduction ? 'api-key' : 'domain-id'),
    corsOrigins: read.CORS_ORIGINS.map((origin) => new URL(origin).origin),
    uploadBytesMax: read.UPLOAD_BYTES_MAX,
    jsonBytesMax: 65_536,
    // The text itself may have 262,144 characters; JSON escapes and other fields come on top.
    textUploadBytesMax: 307_200,
    trustProxy: read.TRUST_PROXY,
    demoFile: read.DEMO_FILE,
    webRoot: read.WEB_ROOT === undefined ? findWebRoot() : resolve(read.WEB_ROOT),
    requestTimeoutMs: read.REQUEST_TIMEOUT_MS,
    uploadTimeoutMs: read.UPLOAD_TIMEOUT_MS,
    askTimeoutMs: read.ASK_TIMEOUT_MS,
    inFlightMax: read.IN_FLIGHT_MAX,
    domainInFlightMax: read.DOMAIN_IN_FLIGHT_MAX,
    connectionsMax: read.CONNECTIONS_MAX,
    drain: { delayMs: read.DRAIN_DELAY_MS, timeoutMs: read.DRAIN_TIMEOUT_MS },
  };
};

/** Empty: no proxy is trusted. A number: so many hops. Else addresses, networks or names such as `loopback`. */
function parseTrustedProxies(value: string, context: z.RefinementCtx): false | number | readonly string[] {
  if (value === '' || value === 'false') return false;
  if (/^\d$/.test(value)) return Number(value);
  const entries = value.split(',').map((entry) => entry.trim());
  const isKnown = (entry: string): boolean =>
    ['loopback', 'linklocal', 'uniquelocal'].includes(entry) || isIP(entry.split('/')[0] ?? '') !== 0;
  if (entries.every(isKnown)) return entries;
  context.addIssue({ code: 'custom', message: 'a number of hops, or a comma list of addresses and networks' });
  return z.NEVER;
}

const ancestorsMax = 6;

/** `dist/web` of the project this file runs from, whether bundled into `dist` or not; else of the working directory. */
const findWebRoot = (): string => {
  let folder = import.meta.dirname;
  for (let step = 0; step < ancestorsMax; step += 1) {
    const candidate = join(folder, 'dist', 'web');
    if (existsSync(candidate) || existsSync(join(folder, 'package.json'))) return candidate;
    folder = dirname(folder);
  }
  return resolve('dist', 'web');
};
