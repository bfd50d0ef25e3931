import { JetStreamApiError, type ConsumerConfig, type JetStreamManager, type StreamInfo } from '@nats-io/jetstream';
import { ConfigError } from '../../runtime/config.ts';
import type { WantedStream } from './stream-configs.ts';

/** The server keeps a stream or a consumer on other terms than ours, or took ours and left some out. */
export class TermsError extends ConfigError {
  constructor(what: string, different: readonly string[]) {
    super(
      `NATS keeps ${what} on other terms than ours (${different.join(', ')}): run \`npm run db:migrate\` of this release with NATS_URL set, or use nats-server 2.9 or newer`,
    );
    this.name = 'TermsError';
  }
}

/** The stream as it is on the server, made when it is missing. Throws a TermsError when it is there on other terms. */
export const ensureStream = async (manager: JetStreamManager, wanted: WantedStream): Promise<StreamInfo> => {
  const info = await manager.streams.add(wanted).catch(async (thrown: unknown) => {
    if (isDifferent(thrown)) return manager.streams.info(wanted.name);
    throw thrown;
  });
  refuseDifference(`stream ${wanted.name}`, wanted, info.config);
  return info;
};

/** The same, and brings a stream of an earlier release to our terms. For the user that may: services may not. */
export const bringStream = async (manager: JetStreamManager, wanted: WantedStream): Promise<StreamInfo> => {
  const info = await manager.streams.add(wanted).catch((thrown: unknown) => {
    if (isDifferent(thrown)) return manager.streams.update(wanted.name, wanted);
    throw thrown;
  });
  refuseDifference(`stream ${wanted.name}`, wanted, info.config);
  return info;
};

/** Makes a durable, or brings one that an earlier release made to our terms; its place in the stream stays. */
export const ensureDurable = async (
  manager: JetStreamManager,
  stream: string,
  config: Partial<ConsumerConfig>,
): Promise<void> => {
  const info = await manager.consumers.add(stream, config).catch((thrown: unknown) => {
    if (thrown instanceof JetStreamApiError && consumerDiffers.has(thrown.code) && config.durable_name !== undefined) {
      return manager.consumers.update(stream, config.durable_name, config);
    }
    throw thrown;
  });
  refuseDifference(`consumer ${info.name}`, config, info.config);
};

const consumerDiffers = new Set([10013, 10148]);

const isDifferent = (thrown: unknown): boolean => thrown instanceof JetStreamApiError && thrown.code === 10058;

// An old server drops what it does not know without a word; better not to start than to run on other terms.
const refuseDifference = (what: string, wanted: object, actual: object): void => {
  const had = new Map<string, unknown>(Object.entries(actual));
  const different = Object.entries(wanted)
    .filter(([key, value]) => JSON.stringify(had.get(key)) !== JSON.stringify(value))
    .map(([key]) => key);
  if (different.length > 0) throw new TermsError(what, different);
};
