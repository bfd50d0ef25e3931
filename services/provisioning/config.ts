import { z } from 'zod';
import { loadGradientSettings, type GradientSettings } from '../../shared/gradient/settings.ts';
import { loadConfig, milliseconds, type Environment } from '../../shared/runtime/config.ts';

/** Settings of the provisioning service; `.env.example` explains each. */
const provisioningSettings = z.object({
  NODE_ENV: z.enum(['development', 'production', 'test']).default('development'),
  DIGITALOCEAN_AI_MODEL_ID: z.string().optional(),
  /** Slug or name of the model, looked up when DIGITALOCEAN_AI_MODEL_ID is not set. */
  DIGITALOCEAN_MODEL: z.string().optional(),
  /** The start of every agent's name; the cloud takes 32 characters in all, so this has at most 19. */
  DIGITALOCEAN_AGENT_NAME: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,18}$/, 'must be 1 to 19 of a-z, 0-9 and dash')
    .default('customer-support'),
  DIGITALOCEAN_AGENT_INSTRUCTIONS: z.string().max(10_000).optional(),
  PROVISIONING_DEPLOY_TIMEOUT_MS: milliseconds.default(15 * 60_000),
  PROVISIONING_LOST_AFTER_MS: milliseconds.default(45_000),
  PROVISIONING_POLL_MIN_MS: milliseconds.min(10).optional(),
  PROVISIONING_POLL_MAX_MS: milliseconds.default(15_000),
  PROVISIONING_CHECK_INTERVAL_MS: milliseconds
    .min(100)
    .max(7 * 24 * 60 * 60_000)
    .default(60 * 60_000),
  PROVISIONING_RETRY_CAP_MS: milliseconds.default(30_000),
  PROVISIONING_KEY_GRACE_MS: milliseconds.default(24 * 60 * 60_000),
  PROVISIONING_KEY_RENEWAL_MIN_MS: milliseconds.optional(),
});

export interface ProvisioningConfig extends GradientSettings {
  readonly modelUuid: string | undefined;
  readonly modelName: string | undefined;
  readonly agentNamePrefix: string;
  readonly instructions: string | undefined;
  /** Names that only resolve on the developer's own machine may be registered. */
  readonly allowsLocalNames: boolean;
  readonly leaseMs: number;
  readonly deployTimeoutMs: number;
  /** A 404 for our agent is believed only this long after it was made: a fresh one may not be known everywhere. */
  readonly lostAfterMs: number;
  readonly pollMinMs: number;
  readonly pollMaxMs: number;
  /** How often a ready agent is compared with the cloud, and the cloud looked through for orphans, on average. */
  readonly checkIntervalMs: number;
  readonly retryCapMs: number;
  /** How long the API key before a rotation stays valid. */
  readonly keyGraceMs: number;
  /** A key younger than this is not renewed however often the endpoint refuses it. */
  readonly keyRenewalMinMs: number;
}

/** Reads and checks the settings. Throws ConfigError when the real cloud would be called with something missing. */
export const loadProvisioningConfig = (environment: Environment): ProvisioningConfig => {
  const settings = loadConfig(provisioningSettings, environment);
  const gradient = loadGradientSettings(environment);
  const { isRealCloud } = gradient;
  return {
    ...gradient,
    modelUuid: settings.DIGITALOCEAN_AI_MODEL_ID,
    modelName: settings.DIGITALOCEAN_MODEL,
    agentNamePrefix: settings.DIGITALOCEAN_AGENT_NAME,
    instructions: settings.DIGITALOCEAN_AGENT_INSTRUCTIONS,
    allowsLocalNames: settings.NODE_ENV !== 'production',
    leaseMs: 3 * gradient.callTimeoutMs,
    deployTimeoutMs: settings.PROVISIONING_DEPLOY_TIMEOUT_MS,
    lostAfterMs: settings.PROVISIONING_LOST_AFTER_MS,
    pollMinMs: settings.PROVISIONING_POLL_MIN_MS ?? (isRealCloud ? 2_000 : 200),
    pollMaxMs: settings.PROVISIONING_POLL_MAX_MS,
    checkIntervalMs: settings.PROVISIONING_CHECK_INTERVAL_MS,
    retryCapMs: settings.PROVISIONING_RETRY_CAP_MS,
    keyGraceMs: settings.PROVISIONING_KEY_GRACE_MS,
    keyRenewalMinMs: settings.PROVISIONING_KEY_RENEWAL_MIN_MS ?? (isRealCloud ? 10_000 : 0),
  };
};
