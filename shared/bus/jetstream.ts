import { jetstream } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { createInFlight } from './in-flight.ts';
import { connectNats, type NatsOptions } from './jetstream/connection.ts';
import { createConsumers } from './jetstream/consumers.ts';
import { createCore } from './jetstream/core.ts';
import { createInbox } from './jetstream/inbox.ts';
import { createNames } from './jetstream/names.ts';
import { createPublishing } from './jetstream/publishing.ts';
import { createRequests } from './jetstream/requests.ts';
import { createTokenStreams } from './jetstream/token-streams.ts';
import { serverWarning } from './jetstream/server-features.ts';
import { createTopology } from './jetstream/topology.ts';
import { createWatching } from './jetstream/watching.ts';
import type { BusTools } from './observed.ts';
import type { Bus } from './port.ts';
import { createQuarantine } from './quarantine.ts';

export interface JetStreamOptions extends NatsOptions {
  /** Keeps systems apart that share a server; see `createNames`. */
  readonly namespace?: string;
  /** Told when the connection is closed for good without `drain`: the process cannot serve any more. */
  readonly onClosed?: () => void;
  readonly heartbeatMs?: number;
  readonly silenceMs?: number;
  /** How many servers of a cluster keep each stream; 1 unless told otherwise. */
  readonly replicas?: number;
  readonly ackWaitMs?: number;
}

export interface JetStreamBus extends Bus {
  /** For the object store, which shares it. */
  readonly connection: NatsConnection;
}

const startMs = 60_000;
// Handlers only store an obligation, and longer ones ask for more time thrice within it; so this is how long the messages
// in a dead process's hands wait for another.
const ackWaitMsDefault = 10_000;

/**
 * The bus over NATS: core request-reply for questions, JetStream for durable messages. Needs a server with JetStream, 2.9 or
 * newer. Makes the streams that are missing, changes none. Throws one ConfigError when no server answers in time, it does
 * not know us, or its streams are on other terms than ours.
 */
export const createJetStreamBus = async (options: JetStreamOptions): Promise<JetStreamBus> => {
  const { clock, logger } = options;
  const link = await connectNats(options);
  const { connection } = link;
  const names = createNames(options.namespace);
  const tools: BusTools = { clock, logger, system: 'nats', quarantine: createQuarantine() };
  const { replicas = 1, ackWaitMs = ackWaitMsDefault, firstConnectMs } = options;
  const topology = await createTopology({ link, names, clock, logger, replicas, ackWaitMs });
  await topology.ensureAtStart(firstConnectMs ?? startMs).catch(async (thrown: unknown) => {
    await connection.close();
    throw thrown;
  });
  const warning = serverWarning(connection.info?.version ?? '?');
  if (warning !== undefined) logger.warn(warning);

  const client = jetstream(connection);
  const closing = new AbortController();
  const questions = createInFlight({ clock, runningMax: 1_024 });
  const work = createInFlight({ clock, runningMax: Infinity });
  const core = createCore({ tools, link, names, questions, inbox: createInbox(link, options.name) });
  const consumers = createConsumers({ tools, link, client, topology, names, inFlight: work });
  const times = { heartbeatMs: options.heartbeatMs ?? 2_000, silenceMs: options.silenceMs ?? 10_000 };

  void connection.closed().then((reason) => {
    if (closing.signal.aborted) return;
    logger.fatal({ err: reason }, 'connection to NATS closed for good');
    options.onClosed?.();
  });

  return {
    connection,
    ...createRequests(core),
    ...createTokenStreams(core, times),
    ...createPublishing(core, topology),
    consume: consumers.consume.bind(consumers),
    ...createWatching({ link, client, topology, names, clock, logger, closing: closing.signal }),
    onStoreBegun: topology.onStoreBegun.bind(topology),
    health: () => {
      const version = connection.info?.version ?? '?';
      const trouble = link.isConnected() ? topology.trouble() : 'not connected to NATS';
      if (trouble !== undefined) return { connected: false, detail: trouble };
      return { connected: true, detail: serverWarning(version) ?? 'ok' };
    },
    drain: async (timeoutMs) => {
      closing.abort();
      await Promise.all([consumers.stop(), core.unsubscribe()]);
      await Promise.all([questions.settle(timeoutMs), work.settle(timeoutMs)]);
      if (connection.isClosed()) return;
      // A drain of a broken connection would wait for it to heal.
      if (link.isConnected()) await Promise.race([connection.drain(), clock.sleep(2_000)]);
      await connection.close();
    },
  };
};
