import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { QueryResultRow } from 'pg';
import { pino } from 'pino';
import { newSeeds, serverEnvironment } from '../../../infra/nats/keys.ts';
import { createJetStreamBus, type JetStreamBus } from '../../../shared/bus/jetstream.ts';
import { owners, type Owner } from '../../../shared/contracts/message.ts';
import { systemClock as clock } from '../../../shared/runtime/clock.ts';
import { adminKey } from '../../support/api.ts';
import { queriesOf } from '../../support/queries.ts';
import type { Random } from '../random.ts';
import { createClient, type Client } from './client.ts';
import { startEmulators, type CloudTimes, type Emulators } from './emulators.ts';
import { reservePorts } from './ports.ts';
import { keepNats, keepPostgres, type KeptServer } from './servers.ts';
import { startServiceProcess, type ServiceProcess } from './service-process.ts';

export interface WorldSettings {
  /** Processes of each service; one where nothing is said. */
  readonly replicas?: Partial<Record<Owner, number>>;
  /** For every service. A scenario says each setting that its figures depend on. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cloud?: CloudTimes;
}

/** The distributed system on real servers of its own, seen by the one who breaks it. */
export interface World {
  readonly services: readonly ServiceProcess[];
  /** Those of one service. */
  readonly of: (service: Owner) => readonly ServiceProcess[];
  readonly nats: KeptServer;
  readonly postgres: KeptServer;
  /** The outside world, and the oracle: never killed. */
  readonly emulators: Emulators;
  readonly client: Client;
  /** One query on a connection of its own; tried again while the server is away. */
  readonly sql: <Row extends QueryResultRow>(text: string, values?: readonly unknown[]) => Promise<readonly Row[]>;
  /** The bus as this service has it, with its rights on the server; closed with the world. */
  readonly openBus: (owner: Owner) => Promise<JetStreamBus>;
  /** Ends of processes that nobody here had asked for. */
  readonly crashes: () => readonly string[];
  readonly folder: string;
  readonly stop: () => Promise<void>;
}

/** Where every scenario begins: no rate limits or long waits of production. */
const basics = {
  NODE_ENV: 'test',
  ADMIN_API_KEY: adminKey,
  LOG_LEVEL: 'info',
  SECRETS_KEY: 'a-secrets-key-for-the-fault-tests-0123456789',
  // Nine processes and the harness share the server's hundred connections.
  DATABASE_POOL_MAX: '5',
  // All of them and the servers share one machine: an event loop that waits for it is no overload.
  LOOP_LAG_MAX_MS: '3000',
  // The emulated cloud has room for more than the 120 of a real team.
  KNOWLEDGE_BASES_MAX: '100000',
} as const;

/** Starts everything and waits until every process is ready. What fails half-way is taken down again. */
export const openWorld = async (
  settings: WorldSettings,
  { folder, random }: { readonly folder: string; readonly random: Random },
): Promise<World> => {
  const logFolder = join(folder, 'logs');
  await mkdir(logFolder, { recursive: true });
  const names = processNames(settings.replicas ?? {});
  const ports = await reservePorts(4 + 2 * names.length);
  const nextPort = (): number => ports[taken++] ?? 0;
  let taken = 0;
  const chance = random.fork('restarts');
  const delayMs = (): number => chance.between(100, 400);
  const stopping: (() => Promise<unknown>)[] = [];
  const stop = async (): Promise<void> => {
    for (const step of stopping.splice(0).reverse()) await step();
  };
  const broken: string[] = [];
  const seeds = newSeeds();
  try {
    const [postgres, nats, emulators] = await Promise.all([
      keepPostgres({ dataDir: folder, port: nextPort(), delayMs }),
      keepNats({ dataDir: folder, port: nextPort(), delayMs, users: serverEnvironment(seeds) }),
      startEmulators({ gradient: nextPort(), memori: nextPort() }, settings.cloud ?? {}, {
        logFolder,
        onEnd: (reason) => broken.push(`emulators: ${reason}`),
      }),
    ]);
    stopping.push(() => Promise.all([postgres.stop(3_000), nats.stop(3_000), emulators.stop()]));
    const environment = {
      ...basics,
      ...emulators.environment,
      DATABASE_URL: postgres.url,
      NATS_URL: nats.url,
      DATA_DIR: join(folder, 'data'),
      ...settings.env,
    };
    const services = names.map(({ service, name }) =>
      startServiceProcess({
        service,
        name,
        healthPort: nextPort(),
        port: nextPort(),
        environment: { ...environment, NATS_NKEY_SEED: seeds[service] ?? '' },
        logFolder,
        delayMs,
      }),
    );
    stopping.push(() => Promise.all(services.map((each) => each.stop())));
    await Promise.all(services.map((each) => each.untilReady()));
    const of = (service: Owner): readonly ServiceProcess[] => services.filter((each) => each.service === service);
    return {
      services,
      of,
      nats,
      postgres,
      emulators,
      client: createClient(
        of('gateway').map(({ port }) => `http://127.0.0.1:${port}`),
        random.fork('client'),
      ),
      sql: patiently(queriesOf(postgres.url)),
      openBus: async (name) => {
        const bus = await createJetStreamBus({ servers: nats.url, name, seed: seeds[name], clock, logger });
        stopping.push(() => bus.drain(0));
        return bus;
      },
      crashes: () => [...services, nats, postgres].flatMap((each) => each.crashes()).concat(broken),
      folder,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
};

const logger = pino({ level: 'silent' });

const processNames = (replicas: Partial<Record<Owner, number>>) =>
  owners.flatMap((service) => {
    const count = replicas[service] ?? 1;
    return Array.from({ length: count }, (_, index) => ({
      service,
      name: count === 1 ? service : `${service}-${index + 1}`,
    }));
  });

const attemptsMax = 60;
const pauseMs = 500;

const patiently =
  (sql: World['sql']): World['sql'] =>
  async <Row extends QueryResultRow>(text: string, values?: readonly unknown[]) => {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await sql<Row>(text, values);
      } catch (error) {
        if (attempt >= attemptsMax || !isAway(error)) throw error;
        await new Promise((resolve) => setTimeout(resolve, pauseMs));
      }
    }
  };

/** The server is gone, going or not quite there; a wrong query is none of these. */
const isAway = (error: unknown): boolean => {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code !== 'string' || /^(ECONN|EPIPE|57P|08)/.test(code);
};
