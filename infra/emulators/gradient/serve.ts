import { randomBytes } from 'node:crypto';
import express, { type ErrorRequestHandler, type Express, type RequestHandler } from 'express';
import { openBlobFiles } from '../support/blob-files.ts';
import { controlRoutes } from '../support/control-routes.ts';
import { createFaultInjection } from '../support/fault-middleware.ts';
import { createFaults } from '../support/faults.ts';
import { createEarlyReturns } from '../support/early-returns.ts';
import { createEffects } from '../support/effects.ts';
import { createJournal } from '../support/journal.ts';
import { openPersistedState } from '../support/persisted-state.ts';
import { serve, type Listening } from '../support/serve.ts';
import { createWeather } from '../support/weather.ts';
import { advance } from './advance.ts';
import { errorBody, refuse } from './answers.ts';
import { agentRoutes } from './agent-routes.ts';
import { apiKeyRoutes } from './api-key-routes.ts';
import { attachmentRoutes } from './attachment-routes.ts';
import { chatRoutes, refuse as refuseLikeFastApi } from './chat/chat-routes.ts';
import { dataSourceRoutes } from './data-source-routes.ts';
import { indexingJobRoutes } from './indexing-job-routes.ts';
import { knowledgeBaseRoutes } from './knowledge-base-routes.ts';
import { createKnowledge } from './knowledge.ts';
import { namesOf } from './names-of.ts';
import { otherRoutes } from './other-routes.ts';
import type { LlmSettings, Platform } from './platform.ts';
import { createRateLimit } from './rate-limit.ts';
import { retrieveRoutes } from './retrieve-routes.ts';
import { changedSettings, settingsSchema, type Settings } from './settings.ts';
import { createStaleLists } from './stale-lists.ts';
import { clearState, nameOfAgent, stateSchema, stateToJson } from './state.ts';
import { presignRoutes, storageRoutes } from './storage-routes.ts';

export interface GradientEmulatorOptions {
  /** 0 for any free one. */
  readonly port: number;
  readonly host?: string;
  /** How callers reach the emulator, when a proxy stands between; else by the host they name. */
  readonly publicUrl?: string;
  /** Where agents, documents and the like are kept; nowhere without one. */
  readonly dataDir?: string;
  readonly deployMs?: number;
  readonly databaseMs?: number;
  readonly indexMs?: number;
  readonly tokenMs?: number;
  /** Refuse and record what the contract does not have; true unless told otherwise. */
  readonly strict?: boolean;
  readonly llm?: LlmSettings;
  /** The only control-plane token taken; any is taken without one. */
  readonly expectedToken?: string;
}

export interface GradientEmulator extends Listening {
  /** The control plane, for `GRADIENT_BASE_URL`. */
  readonly baseUrl: string;
}

const controlPlane = '/v2/gen-ai';

/** Starts an emulator of DigitalOcean's Gradient platform: control plane, object store and the agents' endpoints. */
export const startGradientEmulator = async (options: GradientEmulatorOptions): Promise<GradientEmulator> => {
  const { port, host = '127.0.0.1', dataDir } = options;
  const persisted = openPersistedState({
    dataDir,
    fileName: 'gradient.json',
    parse: (json) => stateSchema.parse(json),
    toJson: stateToJson,
  });
  const listening = await serve(createApp(createPlatform(options, persisted)), { port, host });
  return {
    ...listening,
    baseUrl: `${listening.url}${controlPlane}`,
    stop: async () => {
      await listening.stop();
      await persisted.flush();
    },
  };
};

type Emulated = Platform & { readonly changeSettings: (changes: unknown) => void };

const createPlatform = (
  options: GradientEmulatorOptions,
  persisted: { readonly value: Platform['state']; readonly changed: () => void },
): Emulated => {
  const { dataDir, llm, expectedToken, publicUrl } = options;
  const { value: state, changed } = persisted;
  if (state.signingKey === '') {
    state.signingKey = randomBytes(32).toString('hex');
    changed();
  }
  const blobs = openBlobFiles(dataDir);
  let settings: Settings = settingsSchema.parse({
    deploy_ms: options.deployMs,
    database_ms: options.databaseMs,
    index_ms: options.indexMs,
    token_ms: options.tokenMs,
    strict: options.strict,
  });
  return {
    state,
    changed,
    settings: () => settings,
    changeSettings: (changes) => {
      settings = changedSettings(settings, changes);
    },
    journal: createJournal(),
    effects: createEffects(),
    listed: createStaleLists(),
    blobs,
    knowledge: createKnowledge(state, blobs),
    publicUrl,
    llm,
    expectedToken,
  };
};

const createApp = (platform: Emulated): Express => {
  const { journal } = platform;
  const faults = createFaults();
  const weather = createWeather();
  const earlyReturns = createEarlyReturns();
  const injection = createFaultInjection({
    faults,
    weather,
    errorBody: ({ path }, status) => (path.startsWith('/agent/') ? { detail: 'Emulated fault' } : errorBody(status)),
    namesOf: namesOf(platform.state),
  });
  const app = express();
  app.disable('x-powered-by');
  app.use('/__emulator', controlRoutes({ journal, faults, weather, earlyReturns, ...control(platform) }));
  app.use(journal.middleware, earlyReturns.middleware);
  app.use(controlPlane, createRateLimit(platform));
  // Bodies are read first, so that a request which a fault delays takes effect even when its caller has left.
  app.use([controlPlane, '/agent', '/v1'], express.json({ limit: '20mb' }));
  app.use(injection.middleware);
  app.use(storageRoutes(platform));
  app.use((_request, _response, next) => {
    advance(platform);
    next();
  });
  app.use([controlPlane, '/v1'], authenticate(platform));
  app.use(
    controlPlane,
    presignRoutes(platform),
    agentRoutes(platform),
    apiKeyRoutes(platform),
    attachmentRoutes(platform),
    knowledgeBaseRoutes(platform),
    dataSourceRoutes(platform),
    indexingJobRoutes(platform),
    otherRoutes(platform),
  );
  app.use(retrieveRoutes(platform));
  app.use(chatRoutes(platform, injection));
  app.use(unknownRoute(platform));
  app.use(onError);
  return app;
};

const control = (platform: Emulated) => ({
  counts: () => ({
    agents: platform.state.agents.size,
    agent_keys: platform.state.agentKeys.size,
    knowledge_bases: platform.state.knowledgeBases.size,
    databases: platform.state.databases.size,
    data_sources: platform.state.sources.size,
    indexing_jobs: platform.state.jobs.size,
  }),
  effects: () => platform.effects.report(aliveIn(platform)),
  settings: platform.settings,
  changeSettings: platform.changeSettings,
  reset: () => {
    clearState(platform.state);
    platform.effects.clear();
    platform.knowledge.clear();
    platform.blobs.clear();
    platform.changed();
  },
});

const aliveIn = ({ state }: Platform) => {
  const agents = [...state.agents.values()];
  const bases = [...state.knowledgeBases.values()];
  const keys = [...state.agentKeys.values()].map(({ agentUuid }) => state.agents.get(agentUuid));
  return {
    agents: agents.map(nameOfAgent),
    knowledge_bases: bases.map(({ uuid, fields }) => fields.name ?? uuid),
    agent_keys: keys.flatMap((owner) => (owner === undefined ? [] : [nameOfAgent(owner)])),
  };
};

const authenticate =
  ({ expectedToken }: Platform): RequestHandler =>
  (request, response, next) => {
    const token = /^Bearer (\S+)$/u.exec(request.get('authorization') ?? '')?.[1];
    if (token === undefined || (expectedToken !== undefined && token !== expectedToken)) {
      refuse(response, 401);
      return;
    }
    next();
  };

/** Strict: 501 and a recorded violation. Lenient: what the cloud says, 405 for PATCH on an agent and 404 for the rest. */
const unknownRoute =
  (platform: Platform): RequestHandler =>
  (request, response) => {
    if (request.method === 'PATCH') {
      if (platform.settings().strict) platform.journal.violate(request, 'updates are PUT');
      refuse(response, 405, 'Method not allowed.');
      return;
    }
    if (!platform.settings().strict) {
      refuse(response, 404);
      return;
    }
    platform.journal.violate(request, 'the contract has no such route');
    refuse(response, 501, `The contract has no ${request.method} ${request.path}.`);
  };

const onError: ErrorRequestHandler = (error: unknown, request, response, next) => {
  if (response.headersSent) {
    next(error);
    return;
  }
  const status = error instanceof Error && 'status' in error && typeof error.status === 'number' ? error.status : 500;
  if (status >= 500) console.error('The Gradient emulator failed:', error);
  const message = error instanceof Error ? error.message : 'unknown';
  if (request.path.startsWith('/agent/')) refuseLikeFastApi(response, status, message);
  else refuse(response, status, message);
};
