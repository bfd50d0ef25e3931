import {
  AckPolicy,
  DeliverPolicy,
  JetStreamApiError,
  jetstreamManager,
  type ConsumerConfig,
  type JetStreamManager,
  type StreamInfo,
} from '@nats-io/jetstream';
import { nanos } from '@nats-io/transport-node';
import type { Logger } from 'pino';
import type { Durable } from '../../contracts/message.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Link } from './connection.ts';
import type { Names } from './names.ts';
import { wantedStreams, type WantedStream } from './stream-configs.ts';

/** An unacknowledged message comes back after this; a running handler asks for more time in between. */
export const ackWaitMs = 30_000;

/** Streams and durables on the server, as the catalogue wants them. */
export interface Topology {
  readonly manager: JetStreamManager;
  /**
   * Creates what is missing and throws when what the server has is not what we asked for. Idempotent, and safe from many
   * processes at once.
   */
  ensure(): Promise<void>;
  /** Adds a durable to what `ensure` keeps up, and creates it. */
  addDurable(consumer: string, contract: Durable): Promise<void>;
  /** Told when the events are gone and their places start anew. */
  onEventsLost(listener: () => void): () => void;
  /** Told since when both streams are there, at the first `ensure` and whenever one was made anew. */
  onStoreBegun(listener: (sinceMs: number) => void): void;
}

interface TopologyOptions {
  readonly link: Link;
  readonly names: Names;
  readonly clock: Clock;
  readonly logger: Logger;
}

export const createTopology = async ({ link, names, clock, logger }: TopologyOptions): Promise<Topology> => {
  const manager = await jetstreamManager(link.connection, { checkAPI: false });
  const durables = new Map<string, { stream: string; config: Partial<ConsumerConfig> }>();
  const lossListeners = new Set<() => void>();
  const storeListeners = new Set<(sinceMs: number) => void>();
  let eventsSince: string | undefined;
  let storeSinceMs: number | undefined;
  let underWay: Promise<void> | undefined;

  const ensureAll = async (): Promise<void> => {
    let sinceMs = 0;
    for (const wanted of wantedStreams(names)) {
      const info = await ensureStream(manager, wanted);
      sinceMs = Math.max(sinceMs, Date.parse(info.created));
      if (wanted.name === names.stream('EVT')) noteEvents(info.created);
    }
    await Promise.all([...durables.values()].map(({ stream, config }) => ensureDurable(manager, stream, config)));
    noteStore(sinceMs);
  };
  const noteStore = (sinceMs: number): void => {
    if (storeSinceMs === sinceMs) return;
    storeSinceMs = sinceMs;
    for (const listener of storeListeners) listener(sinceMs);
  };
  const noteEvents = (created: string): void => {
    const lost = eventsSince !== undefined && eventsSince !== created;
    eventsSince = created;
    if (lost) for (const listener of lossListeners) listener();
  };
  const ensure = (): Promise<void> => (underWay ??= ensureAll().finally(() => (underWay = undefined)));

  // A server that comes back may have lost its store, and takes a moment before it answers for its streams.
  const repair = async (): Promise<void> => {
    while (link.isConnected()) {
      try {
        await ensure();
        return;
      } catch (thrown) {
        logger.warn({ err: thrown }, 'topology not restored yet');
        await clock.sleep(500);
      }
    }
  };
  link.onUp(() => void repair());

  return {
    manager,
    ensure,
    addDurable: async (consumer, contract) => {
      const config = durableConfig(names, consumer, contract);
      const stream = names.streamOf(contract);
      durables.set(names.durable(consumer, contract), { stream, config });
      await ensureDurable(manager, stream, config);
    },
    onEventsLost: (listener) => {
      lossListeners.add(listener);
      return () => void lossListeners.delete(listener);
    },
    onStoreBegun: (listener) => {
      storeListeners.add(listener);
      if (storeSinceMs !== undefined) listener(storeSinceMs);
    },
  };
};

const durableConfig = (names: Names, consumer: string, contract: Durable): Partial<ConsumerConfig> => ({
  durable_name: names.durable(consumer, contract),
  filter_subject: names.filter(contract),
  ack_policy: AckPolicy.Explicit,
  ack_wait: nanos(ackWaitMs),
  // Without end: what the server gives up stays in a work queue, invisible. We bury it ourselves.
  max_deliver: -1,
  // What happened before a consumer first came is not lost on it.
  deliver_policy: DeliverPolicy.All,
});

const ensureStream = async (manager: JetStreamManager, wanted: WantedStream): Promise<StreamInfo> => {
  const info = await manager.streams.add(wanted).catch((thrown: unknown) => {
    if (thrown instanceof JetStreamApiError && thrown.code === streamDiffers) {
      return manager.streams.update(wanted.name, wanted);
    }
    throw thrown;
  });
  refuseDifference(`stream ${wanted.name}`, wanted, info.config);
  return info;
};

const ensureDurable = async (
  manager: JetStreamManager,
  stream: string,
  config: Partial<ConsumerConfig>,
): Promise<void> => {
  const info = await manager.consumers.add(stream, config).catch((thrown: unknown) => {
    // An earlier version made it on other terms; its place in the stream stays.
    if (thrown instanceof JetStreamApiError && consumerDiffers.has(thrown.code) && config.durable_name !== undefined) {
      return manager.consumers.update(stream, config.durable_name, config);
    }
    throw thrown;
  });
  refuseDifference(`consumer ${info.name}`, config, info.config);
};

const streamDiffers = 10058;
const consumerDiffers = new Set([10013, 10148]);

// An old server drops what it does not know without a word; better not to start than to run on other terms.
const refuseDifference = (what: string, wanted: object, actual: object): void => {
  const had = new Map<string, unknown>(Object.entries(actual));
  const different = Object.entries(wanted)
    .filter(([key, value]) => JSON.stringify(had.get(key)) !== JSON.stringify(value))
    .map(([key]) => key);
  if (different.length > 0) throw new Error(`NATS keeps ${what} on other terms than ours: ${different.join(', ')}`);
};
