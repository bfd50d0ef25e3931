import { join } from 'node:path';
import { faint } from './announcement.ts';
import { keepChild } from './child-process.ts';
import { emulatorPorts } from './emulator-ports.ts';
import { isGradientEmulated, isMemoriEmulated } from './emulated.ts';
import type { LocalState } from './local-state.ts';
import { projectRoot } from './project-root.ts';
import type { LocalSettings } from './settings.ts';
import type { StopStack } from './stop-stack.ts';
import { untilReady } from './until-ready.ts';

/** Starts the stand-ins as a process of their own, where they are needed, and tells what the services are to be told. */
export const startEmulatorProcess = async (
  settings: LocalSettings,
  state: LocalState,
  stack: StopStack,
): Promise<NodeJS.ProcessEnv> => {
  const [gradient, memori] = [isGradientEmulated(settings), isMemoriEmulated(settings)];
  if (!gradient && !memori) return {};
  const ports = await emulatorPorts(settings.DATA_DIR, state);
  const child = keepChild({
    label: faint('emulators'.padEnd(16)),
    program: join(projectRoot, 'dist/infra/emulators/main.js'),
    parameters: [],
    environment: {
      ...process.env,
      DATA_DIR: settings.DATA_DIR,
      HOST: '127.0.0.1',
      GRADIENT_EMULATOR_PORT: String(ports.gradient),
      MEMORI_EMULATOR_PORT: String(ports.memori),
    },
    print: (line) => console.log(line),
  });
  stack.push('emulators', () => child.stop(3_000));
  const url = `http://127.0.0.1:${ports.gradient}`;
  await untilReady(`${url}/__emulator/journal`, 20_000);
  return {
    ...(gradient ? { GRADIENT_BASE_URL: `${url}/v2/gen-ai` } : {}),
    ...(memori ? memoriEnvironment(`http://127.0.0.1:${ports.memori}`) : {}),
  };
};

const memoriEnvironment = (url: string): NodeJS.ProcessEnv => ({
  MEMORI_BASE_URL: url,
  MEMORI_VALIDATE_URL: `${url}/functions/v1/validate-api-key`,
});
