import { join } from 'node:path';
import { migrate } from '../migrations/migrate.ts';
import { announcement, faint } from './announcement.ts';
import { startDatabase } from './backing-servers.ts';
import { showDemo } from './demo.ts';
import { exitWith } from './exit-with.ts';
import { makeDataFolder, openLocalState } from './local-state.ts';
import { takeLock } from './lock.ts';
import { requireFreePort, requireNats } from './preconditions.ts';
import { loadSettings, type LocalSettings } from './settings.ts';
import { createStopStack, type StopStack } from './stop-stack.ts';
import { stopRequested } from './stop-signals.ts';
import { untilReady } from './until-ready.ts';

const stopMsMax = 4_500;
const readyMsMax = 60_000;

/** `npm start`: everything in this process, with a PostgreSQL of its own, until Ctrl-C. */
const start = async (): Promise<void> => {
  const settings = loadSettings(process.env);
  const requested = stopRequested(stopMsMax);
  const stack = createStopStack(3_000);
  // A signal during the start stops what is there by then.
  void requested.then(async () => {
    await stack.stop();
    process.exit(0);
  });
  try {
    await bringUp(settings, stack);
  } catch (error) {
    await stack.stop();
    throw error;
  }
};

const bringUp = async (settings: LocalSettings, stack: StopStack): Promise<void> => {
  // Loading the services takes as long as starting the database: at the same time.
  const loading = Promise.all([import('../../services/main.ts'), import('./emulators.ts')]);
  loading.catch(() => undefined);
  await requireFreePort(settings);
  await makeDataFolder(settings.DATA_DIR);
  stack.push('data folder', await takeLock(settings.DATA_DIR));
  const state = await openLocalState(settings.DATA_DIR);
  const database = await startDatabase(settings, state, { stack, searches: false });
  await Promise.all([migrate(database.url), requireNats(settings)]);
  const [{ startServices }, { startEmulators }] = await loading;
  const emulators = await startEmulators(settings, state);
  stack.push('emulators', emulators.stop);
  const demoFile = join(settings.DATA_DIR, 'demo.json');
  const services = await startServices('all', {
    ...process.env,
    NODE_ENV: settings.NODE_ENV,
    PORT: String(settings.PORT),
    DATA_DIR: settings.DATA_DIR,
    ADMIN_API_KEY: settings.ADMIN_API_KEY,
    LOG_LEVEL: settings.LOG_LEVEL,
    DATABASE_URL: database.url,
    SECRETS_KEY: settings.SECRETS_KEY ?? state.value.secrets_key,
    DEMO_FILE: demoFile,
    DRAIN_TIMEOUT_MS: '2500',
    ...emulators.environment,
  });
  stack.push('services', services.stop);
  await untilReady(`http://127.0.0.1:${settings.PORT}/health/ready`, readyMsMax);
  console.log(announcement({ settings, tookMs: performance.now(), bus: busWords(settings), database: database.words }));
  if (settings.NODE_ENV !== 'production') showDemo(settings, demoFile);
};

const busWords = ({ NATS_URL }: LocalSettings): string =>
  NATS_URL === undefined
    ? `in this process  ${faint('NATS_URL, or npm run start:distributed, uses NATS')}`
    : `NATS at ${new URL(NATS_URL).host}`;

start().catch(exitWith);
