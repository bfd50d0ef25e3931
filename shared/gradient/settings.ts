import { z } from 'zod';
import { outsideSettings } from '../http/settings.ts';
import { ConfigError, loadConfig, milliseconds, type Environment } from '../runtime/config.ts';

const cloudHost = 'api.digitalocean.com';
const emulatedProjectId = '00000000-0000-4000-8000-000000000000';

const rate = z.coerce.number().int().min(10).max(1_000_000);
/** What DigitalOcean allows a token. */
const cloudRates = { perMinute: 250, perHour: 5_000 };

const settingsSchema = z.object({
  GRADIENT_BASE_URL: z.url().default(`https://${cloudHost}/v2/gen-ai`),
  DIGITALOCEAN_TOKEN: z.string().optional(),
  DIGITALOCEAN_PROJECT_ID: z.string().optional(),
  DIGITALOCEAN_REGION: z.string().default('tor1'),
  GRADIENT_CALL_TIMEOUT_MS: milliseconds.min(100).max(60_000).default(15_000),
  GRADIENT_SETTLE_MS: milliseconds.optional(),
  GRADIENT_RATE_PER_MINUTE: rate.optional(),
  GRADIENT_RATE_PER_HOUR: rate.optional(),
  ...outsideSettings,
});

/** What everyone who talks to the Gradient control plane must know. */
export interface GradientSettings {
  readonly baseUrl: string;
  readonly token: string;
  readonly projectId: string;
  readonly region: string;
  /** False when GRADIENT_BASE_URL is not DigitalOcean's own address. */
  readonly isRealCloud: boolean;
  readonly callTimeoutMs: number;
  /** How long a creation of unknown outcome may still take effect and show up in lists. */
  readonly settleMs: number;
  /** How long a circuit breaker of the cloud stays open. */
  readonly restMs: number;
  /** Calls that all replicas together may make; null for as many as they like. */
  readonly rates: { readonly perMinute: number; readonly perHour: number } | null;
}

/** Reads and checks the settings. Throws ConfigError when the real cloud would be called with something missing. */
export const loadGradientSettings = (environment: Environment): GradientSettings => {
  const settings = loadConfig(settingsSchema, environment);
  const isRealCloud = new URL(settings.GRADIENT_BASE_URL).hostname === cloudHost;
  const callTimeoutMs = settings.GRADIENT_CALL_TIMEOUT_MS;
  const settleMs = settings.GRADIENT_SETTLE_MS ?? (isRealCloud ? 90_000 : 2 * callTimeoutMs);
  if (settleMs < callTimeoutMs) {
    throw new ConfigError('GRADIENT_SETTLE_MS: must not be shorter than GRADIENT_CALL_TIMEOUT_MS');
  }
  const needed = (name: 'DIGITALOCEAN_TOKEN' | 'DIGITALOCEAN_PROJECT_ID', emulated: string): string => {
    const value = settings[name] ?? (isRealCloud ? undefined : emulated);
    if (value !== undefined) return value;
    const otherwise = 'without it, point GRADIENT_BASE_URL at the emulator';
    throw new ConfigError(`${name}: must be set to use DigitalOcean (${otherwise})`);
  };
  return {
    baseUrl: settings.GRADIENT_BASE_URL.replace(/\/+$/, ''),
    token: needed('DIGITALOCEAN_TOKEN', 'emulated'),
    projectId: needed('DIGITALOCEAN_PROJECT_ID', emulatedProjectId),
    region: settings.DIGITALOCEAN_REGION,
    isRealCloud,
    callTimeoutMs,
    settleMs,
    restMs: settings.OUTSIDE_REST_MS,
    rates: ratesOf(settings, isRealCloud),
  };
};

const ratesOf = (
  { GRADIENT_RATE_PER_MINUTE: perMinute, GRADIENT_RATE_PER_HOUR: perHour }: z.output<typeof settingsSchema>,
  isRealCloud: boolean,
): GradientSettings['rates'] => {
  if (!isRealCloud && perMinute === undefined && perHour === undefined) return null;
  return { perMinute: perMinute ?? cloudRates.perMinute, perHour: perHour ?? cloudRates.perHour };
};
