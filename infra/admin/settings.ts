import { z } from 'zod';
import { loadConfig, type Environment } from '../../shared/runtime/config.ts';

const settings = z.object({
  PARLEY_URL: z.url({ protocol: /^https?$/ }).default('http://127.0.0.1:8000'),
  ADMIN_API_KEY: z.string().min(8).default('test_api_key_123'),
});

/** Where the gateway is and how we are known there. Throws ConfigError. */
export const loadAdminSettings = (environment: Environment): z.output<typeof settings> =>
  loadConfig(settings, environment);
