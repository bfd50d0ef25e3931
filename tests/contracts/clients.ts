import { pino } from 'pino';
import { startGradientEmulator } from '../../infra/emulators/gradient/serve.ts';
import { createDatabase } from '../../shared/db/client.ts';
import { createHttp } from '../../shared/http/client.ts';
import { createOutsideSystem } from '../../shared/http/outside-system.ts';
import { systemClock } from '../../shared/runtime/clock.ts';
import { createAgentClient } from '../../services/chat/client.ts';
import { createCloud } from '../../services/knowledge/client.ts';
import { loadKnowledgeConfig } from '../../services/knowledge/config.ts';
import { createGradient } from '../../services/provisioning/client.ts';
import { loadProvisioningConfig } from '../../services/provisioning/config.ts';
import { createDatabase as createTestDatabase } from '../support/servers.ts';

const timeoutMs = 500;

/** The services' own clients of the cloud, and the emulator as strict as the contract. */
export const openClients = async (settings: Readonly<Record<string, string>> = {}) => {
  const [testDatabase, emulator] = await Promise.all([
    createTestDatabase(),
    startGradientEmulator({ port: 0, deployMs: 0, databaseMs: 0, indexMs: 0, strict: true }),
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
  const unavailableCode = 'agent_unavailable';
  const http = createHttp({ unavailableCode, clock });
  const agents = createOutsideSystem({ name: 'agent', unavailableCode, callsMax: 8, restMs: 1, clock });
  const agent = createAgentClient({ http, agents, firstTokenMs: timeoutMs, idleMs: timeoutMs });
  const control = async (path: string, method = 'GET', body?: unknown): Promise<unknown> => {
    const response = await fetch(`${emulator.url}/__emulator${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
    return response.json();
  };
  return {
    gradient,
    cloud,
    agent,
    control,
    close: async () => {
      for (const part of [gradient, cloud, http, agents]) part.close();
      await emulator.stop();
      await database.close();
      await testDatabase.drop();
    },
  };
};
export type Clients = Awaited<ReturnType<typeof openClients>>;
