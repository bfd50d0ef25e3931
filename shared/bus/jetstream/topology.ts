import {
  AckPolicy,
  DeliverPolicy,
  jetstreamManager,
  type ConsumerConfig,
  type JetStreamManager,
} from '@nats-io/jetstream';
import { nanos } from '@nats-io/transport-node';
import type { Logger } from 'pino';
import type { Durable } from '../../contracts/message.ts';
import type { Clock } from '../../runtime/clock.ts';
import { ConfigError } from '../../runtime/config.ts';
import type { Link } from './connection.ts';
import type { Names } from './names.ts';
import { wantedStreams } from './stream-configs.ts';
import { createStoreNews, type StoreAge } from './store-news.ts';
import { keepUp } from './keep-up.ts';
import { ensureDurable, ensureStream } from './terms.ts';

/** Streams and durables on the server, as the catalogue wants them. */
export interface Topology {
  readonly manager: JetStreamManager;
  /** An unacknowledged message comes back after this; a running handler asks for more time in between. */
  readonly ackWaitMs: number;
  /**
   * Creates what is missing and throws a TermsError when what the server has is not what we asked for. Idempotent, and safe
   * from many processes at once.
   */
  ensure(): Promise<void>;
  /** `ensure`, with patience for a cluster that has no leader yet; throws a ConfigError after `patienceMs`. */
  ensureAtStart(patienceMs: number): Promise<void>;
  /** What is wrong with the streams since the last `ensure`; undefined when nothing is. */
  trouble(): string | undefined;
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
  /** How many servers of a cluster keep each stream. */
  readonly replicas: number;
  readonly ackWaitMs: number;
}

export const createTopology = async (options: TopologyOptions): Promise<Topology> => {
  const { link, names, clock, logger, replicas, ackWaitMs } = options;
  const manager = await jetstreamManager(link.connection, { checkAPI: false });
  const durables = new Map<string, { stream: string; config: Partial<ConsumerConfig> }>();
  const news = createStoreNews();
  const kept = keepUp({ clock, logger }, async () => {
    const created: StoreAge = { eventsSince: '', sinceMs: 0 };
    for (const wanted of wantedStreams(names, replicas)) {
      const info = await ensureStream(manager, wanted);
      created.sinceMs = Math.max(created.sinceMs, Date.parse(info.created));
      if (wanted.name === names.stream('EVT')) created.eventsSince = info.created;
    }
    await Promise.all([...durables.values()].map(({ stream, config }) => ensureDurable(manager, stream, config)));
    news.note(created);
  });
  // A server that comes back may have lost its store, and takes a moment before it answers for its streams.
  link.onUp(() => {
    kept.ensureWhile(() => link.isConnected()).catch((thrown: unknown) => logger.error({ err: thrown }, 'no streams'));
  });

  return {
    manager,
    ackWaitMs,
    ensure: kept.ensure,
    ensureAtStart: async (patienceMs) => {
      const giveUpAt = clock.now() + patienceMs;
      await kept
        .ensureWhile(() => clock.now() < giveUpAt)
        .catch((thrown: unknown) => {
          throw thrown instanceof ConfigError ? thrown : new ConfigError(`NATS keeps no streams: ${String(thrown)}`);
        });
    },
    trouble: kept.trouble,
    addDurable: async (consumer, contract) => {
      const config = durableConfig(names, consumer, contract, ackWaitMs);
      const stream = names.streamOf(contract);
      durables.set(names.durable(consumer, contract), { stream, config });
      // A server that goes away while we start comes back; what is not there by then, `kept` makes with the rest.
      await ensureDurable(manager, stream, config).catch(async (thrown: unknown) => {
        if (thrown instanceof ConfigError) throw thrown;
        const giveUpAt = clock.now() + durableMs;
        await kept.ensureWhile(() => clock.now() < giveUpAt);
      });
    },
    onEventsLost: news.onEventsLost,
    onStoreBegun: news.onStoreBegun,
  };
};

const durableMs = 60_000;

const durableConfig = (
  names: Names,
  consumer: string,
  contract: Durable,
  ackWaitMs: number,
): Partial<ConsumerConfig> => ({
  durable_name: names.durable(consumer, contract),
  filter_subject: names.filter(contract),
  ack_policy: AckPolicy.Explicit,
  ack_wait: nanos(ackWaitMs),
  // Without end: what the server gives up stays in a work queue, invisible. We bury it ourselves.
  max_deliver: -1,
  // What happened before a consumer first came is not lost on it.
  deliver_policy: DeliverPolicy.All,
});
