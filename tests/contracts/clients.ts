import { pino } from 'pino';
import { startGradientEmulator } from '../../infra/emulators/gradient/serve.ts';
import { startMemoriEmulator } from '../../infra/emulators/memori/serve.ts';
import { createDatabase } from '../../shared/db/client.ts';
import type { Code } from '../../shared/errors/codes.ts';
import { createHttp } from '../../shared/http/client.ts';
import { createOutsideSystem } from '../../shared/http/outside-system.ts';
import { systemClock } from '../../shared/runtime/clock.ts';
import { createAgentClient } from '../../services/chat/client.ts';
import { createCloud } from '../../services/knowledge/client.ts';
import { loadKnowledgeConfig } from '../../services/knowledge/config.ts';
import { createMemoriClient } from '../../services/memory/client.ts';
import { createGradient } from '../../services/provisioning/client.ts';
import { loadProvisioningConfig } from '../../services/provisioning/config.ts';
import { createDatabase as createTestDatabase } from '../support/servers.ts';

export const timeoutMs = 500;

/** The services' own clients of outside systems, and emulators as strict as the contract. */
export const openClients = async (settings: Readonly<Record<string, string>> = {}) => {
  const [testDatabase, emulator, memoriEmulator] = await Promise.all([
    createTestDatabase(),
    startGradientEmulator({ port: 0, deployMs: 0, databaseMs: 0, indexMs: 0, strict: true }),
    startMemoriEmulator({ port: 0 }),
  ]);
  const clock = systemClock;
  const database = createDatabase({ url: testDatabase.url, poolMax: 5, logger: pino({ level: 'silent' }) });
  const environment = {
    NODE_ENV: 'test',
    GRADIENT_BASE_URL: emulator.baseUrl,
    GRADIENT_CALL_TIMEOUT_MS: timeoutMs.toString(),
    OUTSIDE_REST_MS: '1',
    ...settings,
  };
  const installationTag = () => Promise.resolve('parley-0123456789ab');
  const gradient = createGradient(loadProvisioningConfig(environment), { clock, database });
  const cloud = createCloud(loadKnowledgeConfig(environment), { clock, database }, installationTag);
  const outside = (name: string, unavailableCode: Code) => ({
    http: createHttp({ unavailableCode, clock }),
    system: createOutsideSystem({ name, unavailableCode, callsMax: 8, restMs: 1, clock }),
  });
  const agents = outside('agent', 'agent_unavailable');
  const agent = createAgentClient({
    http: agents.http,
    agents: agents.system,
    firstTokenMs: timeoutMs,
    idleMs: timeoutMs,
  });
  const memories = outside('memori', 'memory_unavailable');
  const { baseUrl, validateUrl } = memoriEmulator;
  const memory = createMemoriClient({
    http: memories.http,
    memori: memories.system,
    baseUrl,
    validateUrl,
    sendTimeoutMs: timeoutMs,
    validateTimeoutMs: timeoutMs,
  });
  return {
    gradient,
    cloud,
    agent,
    memory,
    control: controlOf(emulator.url),
    memoryControl: controlOf(memoriEmulator.url),
    close: async () => {
      const parts = [gradient, cloud, agents.http, agents.system, memories.http, memories.system];
      for (const part of parts) part.close();
      await Promise.all([emulator.stop(), memoriEmulator.stop()]);
      await database.close();
      await testDatabase.drop();
    },
  };
};

const controlOf =
  (url: string) =>
  async (path: string, method = 'GET', body?: unknown): Promise<unknown> => {
    const response = await fetch(`${url}/__emulator${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
    return response.json();
  };

export type Clients = Awaited<ReturnType<typeof openClients>>;
