import { join } from 'node:path';
import type { BlobStore } from '../blobs/port.ts';
import type { Bus } from '../bus/port.ts';
import { createSecretBox } from '../crypto/secret-box.ts';
import { createDatabase } from '../db/client.ts';
import { createLogger, type Logger } from '../telemetry/logger.ts';
import { collectProcessMetrics } from '../telemetry/metrics.ts';
import { startTelemetry } from '../telemetry/start.ts';
import { systemClock } from './clock.ts';
import { ConfigError, loadConfig, type Environment } from './config.ts';
import { startHealthServer } from './health-server.ts';
import { watchLoopLag } from './loop-lag.ts';
import type { Platform, Running, Service } from './platform.ts';
import { refuseUnderPressure } from './pressed-bus.ts';
import { createPressure } from './pressure.ts';
import { createReadiness } from './readiness.ts';
import { databaseUrlOf, platformSettings, type PlatformSettings } from './settings.ts';
import { createStop } from './stop.ts';

/** At a few milliseconds a statement, a tenth of a second of waiting. */
const waitingPerConnectionMax = 20;
const developmentSecretsKey = 'development-only-secrets-key-do-not-use';

/** The services of this process, and the log that they share. */
export interface RunningProcess extends Running {
  readonly logger: Logger;
}

/**
 * Brings up a process: telemetry first, then bus, database and blobs, then the services in the given order, then the
 * health server. `stop` goes the other way: not ready, the services take nothing new and finish side by side, the bus
 * drains, the database closes. It ends 4 s after `DRAIN_TIMEOUT_MS` at the latest and leaves what has not finished to
 * its lease.
 */
export const runServices = async (services: readonly Service[], environment: Environment): Promise<RunningProcess> => {
  const settings = loadConfig(platformSettings, environment);
  const name = services.length === 1 ? (services[0]?.name ?? 'all') : 'all';
  const telemetry = await startTelemetry(name, environment);
  const logger = createLogger({ name, level: settings.LOG_LEVEL });
  collectProcessMetrics();
  const database = createDatabase({ url: databaseUrlOf(settings), poolMax: settings.DATABASE_POOL_MAX, logger });
  const clock = systemClock;
  const lag = watchLoopLag();
  const pressure = createPressure(clock);
  pressure.watch({ name: 'event_loop', value: lag.ms, max: settings.LOOP_LAG_MAX_MS });
  pressure.watch({
    name: 'database',
    value: database.waiting,
    max: waitingPerConnectionMax * settings.DATABASE_POOL_MAX,
  });
  const { bus: wire, blobs } = await connect(settings, name, logger);
  const bus = refuseUnderPressure(wire, pressure);
  let draining = false;
  const ready = createReadiness({ bus, database, clock }, () => draining);
  const secrets = createSecretBox(secretsKeyOf(settings));
  const { promise: started, resolve: allStarted } = withResolver();
  const platform: Platform = { bus, database, blobs, secrets, logger, clock, environment, ready, pressure, started };
  const running = new Map<string, Running>();
  for (const service of services) running.set(service.name, await service.start(platform));
  allStarted();
  const health = settings.HEALTH_PORT === undefined ? undefined : await startHealthServer(settings.HEALTH_PORT, ready);
  logger.info({ services: services.map((service) => service.name) }, 'running');
  const stop = createStop({ services: running, bus, database, health, telemetry, logger, clock });
  return {
    logger,
    stop: async () => {
      draining = true;
      await stop(settings.DRAIN_TIMEOUT_MS);
      lag.stop();
    },
  };
};

/** The bus and the blob store belong together: NATS for both, or this process and a folder. */
const connect = async (
  settings: PlatformSettings,
  name: string,
  logger: Logger,
): Promise<{ bus: Bus; blobs: BlobStore }> => {
  const clock = systemClock;
  if (settings.NATS_URL === undefined) {
    const { createInProcessBus } = await import('../bus/in-process.ts');
    const { openJournal } = await import('../bus/journal.ts');
    const { createFolderBlobs } = await import('../blobs/folder.ts');
    const journal = await openJournal({ directory: settings.DATA_DIR, logger });
    return {
      bus: createInProcessBus({ clock, logger, journal }),
      blobs: createFolderBlobs({ clock, folder: join(settings.DATA_DIR, 'blobs') }),
    };
  }
  const { createJetStreamBus } = await import('../bus/jetstream.ts');
  const { createObjectStoreBlobs } = await import('../blobs/object-store.ts');
  const replicas = settings.NATS_REPLICAS;
  const bus = await createJetStreamBus({
    servers: settings.NATS_URL,
    name,
    seed: settings.NATS_NKEY_SEED,
    replicas,
    clock,
    logger,
    // A connection that is closed for good cannot serve: the supervisor starts a new process.
    onClosed: () => process.exit(1),
  });
  return { bus, blobs: await createObjectStoreBlobs({ clock, connection: bus.connection, replicas }) };
};

const secretsKeyOf = ({ SECRETS_KEY, NODE_ENV }: PlatformSettings): string => {
  if (SECRETS_KEY !== undefined) return SECRETS_KEY;
  if (NODE_ENV === 'production')
    throw new ConfigError('SECRETS_KEY: must be set in production (at least 32 characters)');
  return developmentSecretsKey;
};

const withResolver = (): { readonly promise: Promise<void>; readonly resolve: () => void } => {
  let resolve = (): void => undefined;
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
};
