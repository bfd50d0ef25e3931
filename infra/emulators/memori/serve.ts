import express, { type ErrorRequestHandler, type Express, type RequestHandler } from 'express';
import { controlRoutes } from '../support/control-routes.ts';
import { createFaultInjection } from '../support/fault-middleware.ts';
import { createFaults } from '../support/faults.ts';
import { createEarlyReturns } from '../support/early-returns.ts';
import { createJournal } from '../support/journal.ts';
import { openPersistedState, type PersistedState } from '../support/persisted-state.ts';
import { serve, type Listening } from '../support/serve.ts';
import { createWeather } from '../support/weather.ts';
import { chatRoutes } from './chat-routes.ts';
import { cloudRoutes } from './cloud-routes.ts';
import { createMemories } from './memories.ts';
import type { Service } from './service.ts';
import { changedSettings, settingsSchema } from './settings.ts';
import { stateSchema, type State } from './state.ts';

export interface MemoriEmulatorOptions {
  /** 0 for any free one. */
  readonly port: number;
  readonly host?: string;
  readonly dataDir?: string;
  /** Refuse and record what the contract does not have; true unless told otherwise. */
  readonly strict?: boolean;
}

export interface MemoriEmulator extends Listening {
  /** For `MEMORI_BASE_URL`. */
  readonly baseUrl: string;
  /** For `MEMORI_VALIDATE_URL`. */
  readonly validateUrl: string;
}

/** Starts an emulator of hosted Memori: its older chat API, key validation and cloud API. */
export const startMemoriEmulator = async (options: MemoriEmulatorOptions): Promise<MemoriEmulator> => {
  const { port, host = '127.0.0.1', dataDir, strict } = options;
  const persisted = openPersistedState({
    dataDir,
    fileName: 'memori.json',
    parse: (json) => stateSchema.parse(json),
    toJson: (state) => state,
  });
  const listening = await serve(createApp(persisted, strict ?? true), { port, host });
  return {
    ...listening,
    baseUrl: listening.url,
    validateUrl: `${listening.url}/functions/v1/validate-api-key`,
    stop: async () => {
      await listening.stop();
      await persisted.flush();
    },
  };
};

const createApp = ({ value: state, changed }: PersistedState<State>, strict: boolean): Express => {
  let settings = settingsSchema.parse({ strict });
  const service: Service = {
    memories: createMemories(state, changed),
    settings: () => settings,
    journal: createJournal(),
  };
  const { journal } = service;
  const faults = createFaults();
  const weather = createWeather();
  const earlyReturns = createEarlyReturns();
  const injection = createFaultInjection({ faults, weather, errorBody: () => ({ message: 'Emulated fault' }) });
  const control = controlRoutes({
    journal,
    faults,
    weather,
    earlyReturns,
    counts: () => ({ memories: state.memories.length }),
    effects: () => ({}),
    settings: service.settings,
    changeSettings: (changes) => {
      settings = changedSettings(settings, changes);
    },
    reset: () => {
      state.memories = [];
      changed();
    },
  });
  const app = express();
  app.disable('x-powered-by');
  app.use('/__emulator', control);
  app.use(journal.middleware, earlyReturns.middleware);
  app.use(express.json({ limit: '2mb' }));
  app.use(injection.middleware);
  app.use(chatRoutes(service));
  app.use(cloudRoutes(service));
  app.use(unknownRoute(service));
  app.use(onError);
  return app;
};

const unknownRoute =
  ({ settings, journal }: Service): RequestHandler =>
  (request, response) => {
    if (settings().strict) journal.violate(request, 'the contract has no such route');
    response.status(settings().strict ? 501 : 404).json({ message: `No ${request.method} ${request.path}.` });
  };

const onError: ErrorRequestHandler = (error: unknown, _request, response, next) => {
  if (response.headersSent) {
    next(error);
    return;
  }
  const status = error instanceof Error && 'status' in error && typeof error.status === 'number' ? error.status : 500;
  if (status >= 500) console.error('The Memori emulator failed:', error);
  response.status(status).json({ message: error instanceof Error ? error.message : 'unknown' });
};
