import { JetStreamApiError, jetstreamManager, type JetStreamManager } from '@nats-io/jetstream';
import { connectNats, type NatsOptions } from './jetstream/connection.ts';
import { keepUp } from './jetstream/keep-up.ts';
import { createNames } from './jetstream/names.ts';
import { wantedStreams } from './jetstream/stream-configs.ts';
import { bringStream } from './jetstream/terms.ts';

/** The one user that may change streams. */
export const topologyUser = 'topology';

/**
 * Makes the streams of this release and brings those of an earlier one to its terms, as services may not. Runs once before
 * a release, beside the migrations. Throws a ConfigError when no server answers, or what it keeps cannot be changed.
 */
export const bringTopology = async (
  options: Omit<NatsOptions, 'name'> & { readonly replicas: number },
): Promise<void> => {
  const { connection } = await connectNats({ ...options, name: topologyUser });
  try {
    const manager = await jetstreamManager(connection, { checkAPI: false });
    const kept = keepUp(options, async () => {
      for (const wanted of wantedStreams(createNames(), options.replicas)) await bringStream(manager, wanted);
      await bringUploads(manager, options.replicas);
    });
    // A cluster has no leader at first.
    const giveUpAt = options.clock.now() + patienceMs;
    await kept.ensureWhile(() => options.clock.now() < giveUpAt);
  } finally {
    await connection.close();
  }
};

// The bucket is made by whoever first needs it; only the number of its copies can change.
const bringUploads = async (manager: JetStreamManager, replicas: number): Promise<void> => {
  try {
    const { config } = await manager.streams.info('OBJ_uploads');
    if (config.num_replicas !== replicas) await manager.streams.update(config.name, { num_replicas: replicas });
  } catch (thrown) {
    if (!(thrown instanceof JetStreamApiError && thrown.code === streamNotFound)) throw thrown;
  }
};

const patienceMs = 60_000;
const streamNotFound = 10059;
