import { z } from 'zod';
import type { CallContext } from '../../../shared/bus/port.ts';
import { countSessions } from '../../../shared/contracts/chat.ts';
import { healthAnswer, liveAnswer, readyAnswer } from '../../../shared/contracts/http/health.ts';
import { listKnowledgeBases } from '../../../shared/contracts/knowledge.ts';
import { memoryHealth } from '../../../shared/contracts/memory.ts';
import { countDomains } from '../../../shared/contracts/provisioning.ts';
import { codes } from '../../../shared/errors/codes.ts';
import { toFailure } from '../../../shared/errors/failure.ts';
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
  const [state, provisioning, chat, knowledge, memory] = await Promise.all([
    ready(),
    told(bus.ask(countDomains, {}, call)),
    told(bus.ask(countSessions, {}, call)),
    told(bus.ask(listKnowledgeBases, { limit: 1 }, call)),
    told(bus.ask(memoryHealth, {}, call)),
  ]);
  const memori = memory.answer?.memori ?? 'unavailable';
  const canServe = state.ready && isWell(provisioning) && isWell(chat);
  const trouble = [...(provisioning.answer?.cloud_trouble ?? []), ...(chat.answer?.agent_trouble ?? [])];
  const isWhole = isWell(knowledge) && isWell(memory) && memori !== 'unavailable' && trouble.length === 0;
  return {
    status: !canServe ? 'unhealthy' : isWhole ? 'healthy' : 'degraded',
    database: state.database,
    digitalocean: !isWell(provisioning) ? 'unavailable' : trouble.length === 0 ? 'configured' : troubleWords(trouble),
    memori,
    bus: state.bus,
    services: {
      gateway: state.process === 'running' ? 'ok' : state.process,
      provisioning: provisioning.words,
      knowledge: knowledge.words,
      chat: chat.words,
      memory: memory.words,
    },
    timestamp: new Date(clock.now()).toISOString(),
    active_sessions: chat.answer?.active_sessions ?? 0,
    active_agents: provisioning.answer?.active_agents ?? 0,
    knowledge_bases: knowledge.answer?.total ?? 0,
  };
};

const troubleWords = (trouble: readonly string[]): string => `out of order: ${trouble.join(', ')}`;

interface Told<A> {
  readonly answer: A | undefined;
  /** `ok`, or what is wrong. */
  readonly words: string;
}

const isWell = ({ words }: Told<unknown>): boolean => words === 'ok';

const told = async <A>(asked: Promise<A>): Promise<Told<A>> => {
  try {
    return { answer: await asked, words: 'ok' };
  } catch (thrown) {
    const { code, detail } = toFailure(thrown);
    const isAbsent = code === 'deadline_exceeded' || (code === 'service_unavailable' && detail === codes[code].title);
    return { answer: undefined, words: isAbsent ? 'does not answer' : detail };
  }
};

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
