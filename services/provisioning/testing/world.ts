import { pino } from 'pino';
import { Client, type QueryResultRow } from 'pg';
import { startGradientEmulator } from '../../../infra/emulators/gradient/serve.ts';
import type { BlobStore } from '../../../shared/blobs/port.ts';
import { createInProcessBus } from '../../../shared/bus/in-process.ts';
import { openJournal } from '../../../shared/bus/journal.ts';
import type { Bus } from '../../../shared/bus/port.ts';
import type { kbIndexed, kbRetired } from '../../../shared/contracts/knowledge.ts';
import type { Envelope, Event, Query } from '../../../shared/contracts/message.ts';
import {
  getDomain,
  registerDomain,
  type DomainState,
  type DomainView,
} from '../../../shared/contracts/provisioning.ts';
import { createSecretBox } from '../../../shared/crypto/secret-box.ts';
import { createDatabase } from '../../../shared/db/client.ts';
import { envelopeFor } from '../../../shared/outbox/outbox.ts';
import { systemClock } from '../../../shared/runtime/clock.ts';
import { createPressure } from '../../../shared/runtime/pressure.ts';
import type { Running } from '../../../shared/runtime/platform.ts';
import { createDatabase as createTestDatabase } from '../../../tests/support/servers.ts';
import { provisioning } from '../service.ts';
import type { z } from 'zod';

const deadlineMs = 20_000;
const clock = systemClock;
const logger = pino({ level: 'silent' });
const token = 'test-token';

/** The waiting times of the service, short enough for tests; one per setting a test may want to change. */
const quick = {
  NODE_ENV: 'test',
  DIGITALOCEAN_TOKEN: token,
  GRADIENT_SETTLE_MS: '1000',
  OUTSIDE_REST_MS: '200',
  GRADIENT_CALL_TIMEOUT_MS: '800',
  PROVISIONING_POLL_MIN_MS: '20',
  PROVISIONING_POLL_MAX_MS: '100',
  PROVISIONING_RETRY_CAP_MS: '100',
  PROVISIONING_LOST_AFTER_MS: '300',
};

const always = {
  secrets: createSecretBox('test-secrets-key-of-thirty-two-characters'),
  ready: async () => ({ ready: true, process: 'running' as const, bus: 'ok', database: 'ok' }),
  pressure: createPressure(systemClock),
  started: Promise.resolve(),
};

/** The provisioning service as it runs in one process, with a real database and the emulated cloud. */
export const openWorld = async (options: { readonly settings?: Readonly<Record<string, string>> } = {}) => {
  const [testDatabase, cloud] = await Promise.all([
    createTestDatabase(),
    startGradientEmulator({ port: 0, deployMs: 150, expectedToken: token }),
  ]);
  const bus = createInProcessBus({ clock, logger, journal: await openJournal({ logger }) });
  const environment = { ...quick, GRADIENT_BASE_URL: cloud.baseUrl, ...options.settings };
  const replicas: Running[] = [];
  const closers: (() => Promise<unknown>)[] = [];

  /** Another process of the service: its own pool and workers, the same bus, database and cloud. */
  const startReplica = async (): Promise<Running> => {
    const database = createDatabase({ url: testDatabase.url, poolMax: 10, logger });
    let closing: Promise<void> | undefined;
    const close = (): Promise<void> => (closing ??= database.close());
    closers.push(close);
    const replica = await provisioning.start({
      bus,
      database,
      blobs,
      ...always,
      logger,
      clock,
      environment,
    });
    replicas.push(replica);
    return replica;
  };
  const sql = async <Row extends QueryResultRow>(
    text: string,
    values: readonly unknown[] = [],
  ): Promise<readonly Row[]> => {
    const client = new Client({ connectionString: testDatabase.url });
    await client.connect();
    try {
      return (await client.query<Row>(text, [...values])).rows;
    } finally {
      await client.end();
    }
  };
  const events = watchEvents(bus);
  return {
    ...questions(bus),
    ...controls(cloud.baseUrl),
    bus,
    events,
    sql,
    startReplica,
    /** Replicas of before can store nothing any more, whatever they still do in the cloud: what a SIGKILL leaves behind. */
    killAll: () => Promise.all(closers.map((close) => close())),
    publish: publishing(bus),
    close: async () => {
      await Promise.all(replicas.map((replica) => replica.stop()));
      events.stop();
      await bus.drain(1_000);
      await Promise.all(closers.map((close) => close()));
      await Promise.all([cloud.stop(), testDatabase.drop()]);
    },
  };
};
export type World = Awaited<ReturnType<typeof openWorld>>;

/** Waits until `look` gives something other than undefined or false; fails with `what` when it takes too long. */
export const until = async <T>(what: string, look: () => Promise<T | undefined | false>): Promise<T> => {
  const endAt = clock.now() + deadlineMs;
  while (clock.now() < endAt) {
    const seen = await look();
    if (seen !== undefined && seen !== false) return seen;
    await clock.sleep(20);
  }
  throw new Error(`Did not happen in ${deadlineMs} ms: ${what}`);
};

const questions = (bus: Bus) => {
  const ask = async <Q extends Query>(contract: Q, input: z.input<Q['input']>): Promise<z.output<Q['output']>> =>
    bus.ask(contract, input, { deadlineAt: clock.now() + 10_000, correlationId: clock.newId() });
  const domain = async (domainId: string): Promise<DomainView> =>
    (await ask(getDomain, { domain_id: domainId })).domain;
  return {
    ask,
    domain,
    register: async (name: string) => ask(registerDomain, { domain_name: name }),
    untilState: async (domainId: string, state: DomainState): Promise<DomainView> => {
      let seen = 'nothing';
      return until(`${domainId} is ${state}`, async () => {
        const view = await domain(domainId);
        seen = view.state;
        return view.state === state && view;
      }).catch((thrown: unknown) => {
        throw new Error(`last seen as ${seen}`, { cause: thrown });
      });
    },
  };
};

interface JournalEntry {
  readonly method: string;
  readonly path: string;
  readonly status: number | null;
  readonly body?: unknown;
}

/** The emulator's control routes, and its control plane as a second client of the account would use it. */
const controls = (baseUrl: string) => {
  const call = async (method: string, url: string, body?: unknown): Promise<unknown> => {
    const response = await fetch(url, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${method} ${url} answered ${response.status}`);
    return response.json();
  };
  const emulator = new URL('/__emulator', baseUrl).href;
  return {
    inCloud: (method: string, path: string, body?: unknown) => call(method, `${baseUrl}${path}`, body),
    fault: (fault: Readonly<Record<string, unknown>>) => call('POST', `${emulator}/faults`, fault),
    clearFaults: () => call('DELETE', `${emulator}/faults`),
    setCloud: (settings: Readonly<Record<string, unknown>>) => call('POST', `${emulator}/settings`, settings),
    cloudJournal: async () => (await call('GET', `${emulator}/journal`)) as CloudJournal,
    violations: async () => ((await call('GET', `${emulator}/violations`)) as { violations: unknown[] }).violations,
  };
};

interface CloudJournal {
  readonly counts: Readonly<Record<string, number>>;
  readonly entries: readonly JournalEntry[];
}

const publishing =
  (bus: Bus) =>
  async (contract: typeof kbIndexed | typeof kbRetired, domainId: string, kbUuid: string): Promise<void> =>
    bus.publish(contract, envelopeFor(clock, contract, { domainId, data: { kb_uuid: kbUuid } }));

/** Everything that was told, in order. */
const watchEvents = (bus: Bus) => {
  const stopping = new AbortController();
  const seen: Envelope[] = [];
  const watching = (async () => {
    for await (const { envelope } of bus.watch({ signal: stopping.signal })) seen.push(envelope);
  })();
  watching.catch((thrown: unknown) => logger.error({ err: thrown }, 'watching ended'));
  const namesOf = (domainId: string): readonly string[] =>
    seen.filter((envelope) => envelope.domain_id === domainId).map((envelope) => envelope.name);
  return {
    namesOf,
    stop: () => stopping.abort(),
    until: (event: Event, domainId: string): Promise<Envelope> =>
      until(event.name, async () =>
        seen.find((envelope) => envelope.name === event.name && envelope.domain_id === domainId),
      ),
  };
};

const unused = (): never => {
  throw new Error('provisioning stores no blobs');
};
const blobs: BlobStore = { put: unused, get: unused, delete: unused, sweep: unused };
