import type { JetStreamClient } from '@nats-io/jetstream';
import { errors } from '@nats-io/transport-node';
import { Failure } from '../../errors/failure.ts';
import type { Bus } from '../port.ts';
import { encode } from '../wire.ts';
import type { Link } from './connection.ts';
import type { Names } from './names.ts';
import type { Topology } from './topology.ts';

interface PublishingOptions {
  readonly link: Link;
  readonly client: JetStreamClient;
  readonly topology: Topology;
  readonly names: Names;
}

const ackTimeoutMs = 5_000;

/** Hands durable messages to their stream; resolves when the stream has them. */
export const createPublishing = ({ link, client, topology, names }: PublishingOptions): Pick<Bus, 'publish'> => ({
  publish: async (_contract, envelope) => {
    const text = encode(envelope);
    // While disconnected a publish would vanish; the outbox keeps the message.
    if (!link.isConnected()) throw new Failure('service_unavailable', { retryAfterMs: 1_000 });
    const send = () =>
      client.publish(names.subject(envelope.subject), text, { msgID: envelope.id, timeout: ackTimeoutMs });
    try {
      await send().catch(async (thrown: unknown) => {
        if (!isStreamMissing(thrown)) throw thrown;
        await topology.ensure();
        await send();
      });
    } catch (thrown) {
      throw new Failure('service_unavailable', { retryAfterMs: 1_000, cause: thrown });
    }
  },
});

// Nobody took the message: the client says that JetStream is not enabled, but it is the stream that is missing.
const isStreamMissing = (thrown: unknown): boolean =>
  thrown instanceof Error && thrown.cause instanceof errors.RequestError && thrown.cause.isNoResponders();
