import { z } from 'zod';
import type { CallContext } from '../../../shared/bus/port.ts';
import { countSessions } from '../../../shared/contracts/chat.ts';
import { healthAnswer, liveAnswer, readyAnswer } from '../../../shared/contracts/http/health.ts';
import { listKnowledgeBases } from '../../../shared/contracts/knowledge.ts';
import { memoryHealth } from '../../../shared/contracts/memory.ts';
import { countDomains } from '../../../shared/contracts/provisioning.ts';
import { metrics } from '../../../shared/telemetry/metrics.ts';
import type { Gateway } from '../gateway.ts';
import { answered, route, type Endpoint } from '../http/route.ts';

type Health = z.input<typeof healthAnswer>;

const askMs = 1_000;
const rememberedMs = 2_000;

/** Looks at every part at once, each for a second at most, and at most once in two seconds however often it is asked. */
const healthRoute = route({
  method: 'get',
  path: '/health',
  tag: 'operation',
  summary: 'How the system is',
  description: '200 only when it can serve, else 503 with the same body.',
  credential: 'none',
  input: z.object({}),
  output: healthAnswer,
  handle: (gateway) => {
    let known: { readonly at: number; readonly health: Promise<Health> } | undefined;
    return async (_input, { response, call }) => {
      const now = gateway.clock.now();
      if (known === undefined || now - known.at > rememberedMs) known = { at: now, health: look(gateway, call(askMs)) };
      const health = await known.health;
      if (health.status === 'unhealthy') response.status(503).setHeader('Retry-After', '2');
      return health;
    };
  },
});

const look = async ({ bus, clock, ready }: Gateway, call: CallContext): Promise<Health> => {
  const [state, domains, sessions, bases, memory] = await Promise.all([
    ready(),
    bus.ask(countDomains, {}, call).catch(absent),
    bus.ask(countSessions, {}, call).catch(absent),
    bus.ask(listKnowledgeBases, { limit: 1 }, call).catch(absent),
    bus.ask(memoryHealth, {}, call).catch(absent),
  ]);
  const canServe = state.ready && domains !== undefined && sessions !== undefined;
  const isWhole = bases !== undefined && memory !== undefined && memory.memori !== 'unavailable';
  return {
    status: !canServe ? 'unhealthy' : isWhole ? 'healthy' : 'degraded',
    database: state.database,
    digitalocean: domains === undefined ? 'unavailable' : 'configured',
    memori: memory?.memori ?? 'unavailable',
    bus: state.bus,
    timestamp: new Date(clock.now()).toISOString(),
    active_sessions: sessions?.active_sessions ?? 0,
    active_agents: domains?.active_agents ?? 0,
    knowledge_bases: bases?.total ?? 0,
  };
};

// What a part that did not answer is worth: the fields say so.
const absent = (): undefined => undefined;

const liveRoute = route({
  method: 'get',
  path: '/health/live',
  tag: 'operation',
  summary: 'Whether the process runs',
  credential: 'none',
  input: z.object({}),
  output: liveAnswer,
  handle: () => async () => ({ status: 'live' as const }),
});

const readyRoute = route({
  method: 'get',
  path: '/health/ready',
  tag: 'operation',
  summary: 'Whether the process can serve',
  description: '200 or 503 with the same body.',
  credential: 'none',
  input: z.object({}),
  output: readyAnswer,
  handle:
    ({ ready }) =>
    async (_input, { response }) => {
      const state = await ready();
      if (!state.ready) response.status(503).setHeader('Retry-After', '1');
      return state;
    },
});

const metricsRoute = route({
  method: 'get',
  path: '/metrics',
  tag: 'operation',
  summary: 'Metrics in Prometheus text',
  credential: 'none',
  input: z.object({}),
  output: z.string(),
  contentType: 'text/plain',
  handle:
    () =>
    async (_input, { response }) => {
      const text = await metrics.metrics();
      response.writeHead(200, { 'Content-Type': metrics.contentType, 'Cache-Control': 'no-store' }).end(text);
      return answered;
    },
});

/** Health for people, probes for the supervisor, metrics for the monitor. */
export const healthRoutes: readonly Endpoint[] = [healthRoute, liveRoute, readyRoute, metricsRoute];
