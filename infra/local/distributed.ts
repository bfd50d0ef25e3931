import { join } from 'node:path';
import { topologyUser } from '../../shared/bus/bring-topology.ts';
import { migrate } from '../migrations/migrate.ts';
import { bringBus } from '../nats/bring-bus.ts';
import { announcement, faint } from './announcement.ts';
import { startBus, startDatabase } from './backing-servers.ts';
import { keepChild, type KeptChild } from './child-process.ts';
import { showDemo } from './demo.ts';
import { startEmulatorProcess } from './emulator-process.ts';
import { exitWith } from './exit-with.ts';
import { makeDataFolder, openLocalState } from './local-state.ts';
import { takeLock } from './lock.ts';
import { requireFreePort } from './preconditions.ts';
import { planProcesses, type ServiceProcess } from './processes.ts';
import { projectRoot } from './project-root.ts';
import { loadSettings, type LocalSettings } from './settings.ts';
import { createStopStack, type StopStack } from './stop-stack.ts';
import { stopRequested } from './stop-signals.ts';
import { untilReady } from './until-ready.ts';

const stopMsMax = 15_000;
const childPatienceMs = 6_000;
const readyMsMax = 60_000;

/** `npm run start:distributed`: a process a service over NATS and PostgreSQL, as in production, until Ctrl-C. */
const startDistributed = async (): Promise<void> => {
  const settings = loadSettings(process.env);
  const stack = createStopStack(childPatienceMs + 1_000);
  void stopRequested(stopMsMax).then(async () => {
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
  const processes = await planProcesses(settings);
  for (const { port } of processes) if (port !== undefined) await requireFreePort(settings, port);
  await makeDataFolder(settings.DATA_DIR);
  stack.push('data folder', await takeLock(settings.DATA_DIR));
  const state = await openLocalState(settings.DATA_DIR);
  const database = await startDatabase(settings, state, { stack, searches: true });
  const bus = await startBus(settings, state, stack);
  await migrate(database.url);
  await bringBus(bus.url, bus.seeds[topologyUser]);
  const cloud = await startEmulatorProcess(settings, state, stack);
  const demoFile = join(settings.DATA_DIR, 'demo.json');
  const common = {
    ...process.env,
    ...cloud,
    NODE_ENV: settings.NODE_ENV,
    DATA_DIR: settings.DATA_DIR,
    ADMIN_API_KEY: settings.ADMIN_API_KEY,
    LOG_LEVEL: settings.LOG_LEVEL,
    DATABASE_URL: database.url,
    // Together they stay below what a PostgreSQL takes unless told otherwise.
    DATABASE_POOL_MAX:
      process.env['DATABASE_POOL_MAX'] ?? String(Math.max(2, Math.min(10, Math.floor(80 / processes.length)))),
    NATS_URL: bus.url,
    SECRETS_KEY: settings.SECRETS_KEY ?? state.value.secrets_key,
    DEMO_FILE: demoFile,
    DRAIN_TIMEOUT_MS: '4000',
  };
  const children = processes.map((process) => ({
    process,
    child: launch(process, { ...common, NATS_NKEY_SEED: bus.seeds[process.service] }),
  }));
  // Those that take requests stop first, so that whom they ask is still there.
  pushAll(
    stack,
    'services',
    children.filter(({ process }) => process.service !== 'gateway'),
  );
  pushAll(
    stack,
    'gateway',
    children.filter(({ process }) => process.service === 'gateway'),
  );
  await Promise.all(
    processes.map(({ healthPort }) => untilReady(`http://127.0.0.1:${healthPort}/health/ready`, readyMsMax)),
  );
  console.log(
    announcement({
      settings,
      tookMs: performance.now(),
      bus: bus.words,
      database: database.words,
      details: table(children),
    }),
  );
  if (settings.NODE_ENV !== 'production') showDemo(settings, demoFile);
};

interface Launched {
  readonly process: ServiceProcess;
  readonly child: KeptChild;
}

const launch = ({ service, label, healthPort, port }: ServiceProcess, common: NodeJS.ProcessEnv): KeptChild =>
  keepChild({
    label: faint(label.padEnd(labelWidth)),
    program: join(projectRoot, 'dist/services/main.js'),
    parameters: [service],
    environment: { ...common, HEALTH_PORT: String(healthPort), ...(port === undefined ? {} : { PORT: String(port) }) },
    print: (line) => console.log(line),
  });

const pushAll = (stack: StopStack, name: string, children: readonly Launched[]): void =>
  stack.push(name, () => Promise.all(children.map(({ child }) => child.stop(childPatienceMs))));

const table = (children: readonly Launched[]): string[] => [
  faint(`${'process'.padEnd(labelWidth)}${'pid'.padEnd(9)}${'health'.padEnd(9)}requests`),
  ...children.map(({ process: { label, healthPort, port }, child }) =>
    [
      label.padEnd(labelWidth),
      String(child.pid() ?? '').padEnd(9),
      String(healthPort).padEnd(9),
      port === undefined ? '' : `http://localhost:${port}`,
    ].join(''),
  ),
];

const labelWidth = 16;

startDistributed().catch(exitWith);
