import { join } from 'node:path';
import { startGradientEmulator } from '../emulators/gradient/serve.ts';
import { startMemoriEmulator } from '../emulators/memori/serve.ts';
import { emulatorPorts } from './emulator-ports.ts';
import { isGradientEmulated, isMemoriEmulated } from './emulated.ts';
import type { LocalState } from './local-state.ts';
import type { LocalSettings } from './settings.ts';

export interface Emulators {
  /** What the services are told; empty for those that are the real thing. */
  readonly environment: NodeJS.ProcessEnv;
  readonly stop: () => Promise<void>;
}

/** Starts stand-ins for the outside systems that the settings do not name, each on the port it had before. */
export const startEmulators = async (settings: LocalSettings, state: LocalState): Promise<Emulators> => {
  const ports = await emulatorPorts(settings.DATA_DIR, state);
  const dataDir = join(settings.DATA_DIR, 'emulators');
  const gradient = isGradientEmulated(settings)
    ? await startGradientEmulator({
        port: ports.gradient,
        dataDir,
        deployMs: 1_500,
        // The cloud ignores what it does not know; refusing it is for our own tests.
        strict: false,
        ...llmOf(settings),
      })
    : undefined;
  const memori = isMemoriEmulated(settings)
    ? await startMemoriEmulator({ port: ports.memori, dataDir, strict: false })
    : undefined;
  return {
    environment: {
      ...(gradient === undefined ? {} : { GRADIENT_BASE_URL: gradient.baseUrl }),
      ...(memori === undefined ? {} : { MEMORI_BASE_URL: memori.baseUrl, MEMORI_VALIDATE_URL: memori.validateUrl }),
    },
    stop: async () => {
      await Promise.all([gradient?.stop(), memori?.stop()]);
    },
  };
};

const llmOf = ({ LLM_BASE_URL, LLM_API_KEY, LLM_MODEL }: LocalSettings) =>
  LLM_BASE_URL === undefined
    ? {}
    : {
        llm: {
          baseUrl: LLM_BASE_URL,
          ...(LLM_API_KEY === undefined ? {} : { apiKey: LLM_API_KEY }),
          ...(LLM_MODEL === undefined ? {} : { model: LLM_MODEL }),
        },
      };
