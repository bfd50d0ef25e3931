import { startGradientEmulator, type GradientEmulatorOptions } from '../../infra/emulators/gradient/serve.ts';
import { startMemoriEmulator } from '../../infra/emulators/memori/serve.ts';
import { send } from './http.ts';

export interface JournalEntry {
  readonly method: string;
  readonly path: string;
  readonly status: number | null;
  readonly effect: boolean;
  readonly body?: unknown;
}

/** An emulated outside system, seen from behind the curtain. */
export interface EmulatedCloud {
  readonly url: string;
  readonly fault: (fault: Readonly<Record<string, unknown>>) => Promise<void>;
  readonly clearFaults: () => Promise<void>;
  readonly waitingFaults: () => Promise<readonly unknown[]>;
  readonly set: (settings: Readonly<Record<string, unknown>>) => Promise<void>;
  readonly journal: () => Promise<readonly JournalEntry[]>;
  /** How many things of each kind are alive. */
  readonly counts: () => Promise<Readonly<Record<string, number>>>;
  /** Requests that the contract does not have. */
  readonly violations: () => Promise<readonly unknown[]>;
}

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

const controlsOf = (url: string): EmulatedCloud => {
  const control = async (path: string, method: string, body?: unknown): Promise<Record<string, unknown>> => {
    const reply = await send(`${url}/__emulator${path}`, { method, ...(body === undefined ? {} : { body }) });
    if (reply.status !== 200) throw new Error(`${method} ${path}: ${reply.status} ${reply.text}`);
    return reply.body as Record<string, unknown>;
  };
  return {
    url,
    fault: async (fault) => {
      await control('/faults', 'POST', fault);
    },
    clearFaults: async () => {
      await control('/faults', 'DELETE');
    },
    waitingFaults: async () => (await control('/faults', 'GET'))['faults'] as readonly unknown[],
    set: async (settings) => {
      await control('/settings', 'POST', settings);
    },
    journal: async () => (await control('/journal', 'GET'))['entries'] as readonly JournalEntry[],
    counts: async () => (await control('/journal', 'GET'))['counts'] as Record<string, number>,
    violations: async () => (await control('/violations', 'GET'))['violations'] as readonly unknown[],
  };
};
