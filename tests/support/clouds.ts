import { startGradientEmulator, type GradientEmulatorOptions } from '../../infra/emulators/gradient/serve.ts';
import { startMemoriEmulator } from '../../infra/emulators/memori/serve.ts';
import { controlsOf, type EmulatedCloud } from './emulated-cloud.ts';

export interface Clouds {
  readonly gradient: EmulatedCloud;
  readonly memori: EmulatedCloud;
  /** Points services at both. */
  readonly environment: Readonly<Record<string, string>>;
  readonly stop: () => Promise<void>;
}

export type CloudOptions = Omit<Partial<GradientEmulatorOptions>, 'port' | 'host'>;

/** Both outside systems, strict and quick, on ports of their own. */
export const startClouds = async (options: CloudOptions = {}): Promise<Clouds> => {
  const [gradient, memori] = await Promise.all([
    startGradientEmulator({ port: 0, deployMs: 150, databaseMs: 100, indexMs: 50, ...options }),
    startMemoriEmulator({ port: 0 }),
  ]);
  return {
    gradient: controlsOf(gradient.url),
    memori: controlsOf(memori.url),
    environment: {
      GRADIENT_BASE_URL: gradient.baseUrl,
      MEMORI_BASE_URL: memori.baseUrl,
      MEMORI_VALIDATE_URL: memori.validateUrl,
    },
    stop: async () => {
      await Promise.all([gradient.stop(), memori.stop()]);
    },
  };
};
