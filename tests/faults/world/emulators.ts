import { join } from 'node:path';
import { projectRoot } from '../../../infra/local/project-root.ts';
import { controlsOf, type EmulatedCloud } from '../../support/emulated-cloud.ts';
import { eventually } from '../../support/eventually.ts';
import { send } from '../../support/http.ts';
import { noteChild, signalChild } from './children.ts';
import { ownsPort } from './ports.ts';
import { spawnNode } from './service-process.ts';

/** How long the emulated cloud takes for what the real one takes minutes for. */
export interface CloudTimes {
  readonly deployMs?: number;
  readonly databaseMs?: number;
  readonly indexMs?: number;
  readonly tokenMs?: number;
}

export interface Emulators {
  readonly gradient: EmulatedCloud;
  readonly memori: EmulatedCloud;
  /** Points services at both. */
  readonly environment: Readonly<Record<string, string>>;
  readonly stop: () => Promise<void>;
}

/**
 * The outside world as a process of its own that nobody kills: its record is what all is judged by. `onEnd` hears when it
 * ended all the same.
 */
export const startEmulators = async (
  ports: { readonly gradient: number; readonly memori: number },
  { deployMs = 300, databaseMs = 100, indexMs = 50, tokenMs = 0 }: CloudTimes,
  { logFolder, onEnd }: { readonly logFolder: string; readonly onEnd: (reason: string) => void },
): Promise<Emulators> => {
  const { pid, ended } = spawnNode({
    parameters: [join(projectRoot, 'dist/infra/emulators/main.js')],
    environment: {
      GRADIENT_EMULATOR_PORT: String(ports.gradient),
      MEMORI_EMULATOR_PORT: String(ports.memori),
      DEPLOY_MS: String(deployMs),
      DATABASE_MS: String(databaseMs),
      INDEX_MS: String(indexMs),
      TOKEN_MS: String(tokenMs),
      EMULATOR_STRICT: 'true',
    },
    logFile: join(logFolder, 'emulators.log'),
  });
  noteChild(pid, ended);
  let stopping = false;
  void ended.then((reason) => {
    if (!stopping) onEnd(reason);
  });
  const [gradient, memori] = [`http://127.0.0.1:${ports.gradient}`, `http://127.0.0.1:${ports.memori}`];
  await eventually(async () => {
    const reply = await send(`${memori}/__emulator/health`).catch(() => undefined);
    return reply?.status === 200 && (await ownsPort(pid, ports.gradient)) && (await ownsPort(pid, ports.memori));
  }, 30_000);
  return {
    gradient: controlsOf(gradient),
    memori: controlsOf(memori),
    environment: {
      GRADIENT_BASE_URL: `${gradient}/v2/gen-ai`,
      MEMORI_BASE_URL: memori,
      MEMORI_VALIDATE_URL: `${memori}/functions/v1/validate-api-key`,
    },
    stop: async () => {
      stopping = true;
      signalChild(pid, 'SIGKILL');
      await ended;
    },
  };
};
