import { z } from 'zod';
import { ConfigError, loadConfig, milliseconds, type Environment } from '../../shared/runtime/config.ts';

const cloudHost = 'api.digitalocean.com';
const emulatedProjectId = '00000000-0000-4000-8000-000000000000';

/** Settings of the provisioning service; `.env.example` explains each. */
const provisioningSettings = z.object({
  NODE_ENV: z.enum(['development', 'production', 'test']).default('development'),
  GRADIENT_BASE_URL: z.url().default(`https://${cloudHost}/v2/gen-ai`),
  DIGITALOCEAN_TOKEN: z.string().optional(),
  DIGITALOCEAN_PROJECT_ID: z.string().optional(),
  DIGITALOCEAN_AI_MODEL_ID: z.string().optional(),
  /** Slug or name of the model, looked up when DIGITALOCEAN_AI_MODEL_ID is not set. */
  DIGITALOCEAN_MODEL: z.string().optional(),
  DIGITALOCEAN_REGION: z.string().default('tor1'),
  /** The start of every agent's name; the cloud takes 32 characters in all, so this has at most 19. */
  DIGITALOCEAN_AGENT_NAME: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,18}$/, 'must be 1 to 19 of a-z, 0-9 and dash')
    .default('customer-support'),
  DIGITALOCEAN_AGENT_INSTRUCTIONS: z.string().max(10_000).optional(),
  PROVISIONING_SETTLE_MS: milliseconds.optional(),
  PROVISIONING_CALL_TIMEOUT_MS: milliseconds.min(100).max(60_000).default(15_000),
  PROVISIONING_DEPLOY_TIMEOUT_MS: milliseconds.default(15 * 60_000),
  PROVISIONING_LOST_AFTER_MS: milliseconds.default(45_000),
  PROVISIONING_POLL_MIN_MS: milliseconds.min(10).optional(),
  PROVISIONING_POLL_MAX_MS: milliseconds.default(15_000),
  PROVISIONING_RETRY_CAP_MS: milliseconds.default(30_000),
  PROVISIONING_KEY_GRACE_MS: milliseconds.default(24 * 60 * 60_000),
  PROVISIONING_KEY_RENEWAL_MIN_MS: milliseconds.optional(),
});

export interface ProvisioningConfig {
  readonly baseUrl: string;
  readonly token: string;
  readonly projectId: string;
  readonly modelUuid: string | undefined;
  readonly modelName: string | undefined;
  readonly region: string;
  readonly agentNamePrefix: string;
  readonly instructions: string | undefined;
  /** False when GRADIENT_BASE_URL is not DigitalOcean's own address. */
  readonly isRealCloud: boolean;
  /** Names that only resolve on the developer's own machine may be registered. */
  readonly allowsLocalNames: boolean;
  /** How long a creation of unknown outcome may still take effect and show up in lists. */
  readonly settleMs: number;
  readonly callTimeoutMs: number;
  readonly leaseMs: number;
  readonly deployTimeoutMs: number;
  /** A 404 for our agent is believed only this long after it was made: a fresh one may not be known everywhere. */
  readonly lostAfterMs: number;
  readonly pollMinMs: number;
  readonly pollMaxMs: number;
  readonly retryCapMs: number;
  /** How long the API key before a rotation stays valid. */
  readonly keyGraceMs: number;
  /** A key younger than this is not renewed however often the endpoint refuses it. */
  readonly keyRenewalMinMs: number;
}

/** Reads and checks the settings. Throws ConfigError when the real cloud would be called with something missing. */
export const loadProvisioningConfig = (environment: Environment): ProvisioningConfig => {
  const settings = loadConfig(provisioningSettings, environment);
  const isRealCloud = new URL(settings.GRADIENT_BASE_URL).hostname === cloudHost;
  const callTimeoutMs = settings.PROVISIONING_CALL_TIMEOUT_MS;
  const settleMs = settings.PROVISIONING_SETTLE_MS ?? (isRealCloud ? 90_000 : 2 * callTimeoutMs);
  if (settleMs < callTimeoutMs) {
    throw new ConfigError('PROVISIONING_SETTLE_MS: must not be shorter than PROVISIONING_CALL_TIMEOUT_MS');
  }
  return {
    baseUrl: settings.GRADIENT_BASE_URL.replace(/\/+$/, ''),
    token: neededInCloud(isRealCloud, 'DIGITALOCEAN_TOKEN', settings.DIGITALOCEAN_TOKEN, 'emulated'),
    projectId: neededInCloud(
      isRealCloud,
      'DIGITALOCEAN_PROJECT_ID',
      settings.DIGITALOCEAN_PROJECT_ID,
      emulatedProjectId,
    ),
    modelUuid: settings.DIGITALOCEAN_AI_MODEL_ID,
    modelName: settings.DIGITALOCEAN_MODEL,
    region: settings.DIGITALOCEAN_REGION,
    agentNamePrefix: settings.DIGITALOCEAN_AGENT_NAME,
    instructions: settings.DIGITALOCEAN_AGENT_INSTRUCTIONS,
    isRealCloud,
    allowsLocalNames: settings.NODE_ENV !== 'production',
    settleMs,
    callTimeoutMs,
    leaseMs: 3 * callTimeoutMs,
    deployTimeoutMs: settings.PROVISIONING_DEPLOY_TIMEOUT_MS,
    lostAfterMs: settings.PROVISIONING_LOST_AFTER_MS,
    pollMinMs: settings.PROVISIONING_POLL_MIN_MS ?? (isRealCloud ? 2_000 : 200),
    pollMaxMs: settings.PROVISIONING_POLL_MAX_MS,
    retryCapMs: settings.PROVISIONING_RETRY_CAP_MS,
    keyGraceMs: settings.PROVISIONING_KEY_GRACE_MS,
    keyRenewalMinMs: settings.PROVISIONING_KEY_RENEWAL_MIN_MS ?? (isRealCloud ? 10_000 : 0),
  };
};

const neededInCloud = (isRealCloud: boolean, name: string, value: string | undefined, emulated: string): string => {
  if (value !== undefined) return value;
  if (!isRealCloud) return emulated;
  throw new ConfigError(
    `${name}: must be set to use DigitalOcean (without it, point GRADIENT_BASE_URL at the emulator)`,
  );
};
