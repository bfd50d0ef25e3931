import { headers, type Msg } from '@nats-io/transport-node';
import { z } from 'zod';
import { Failure } from '../../errors/failure.ts';
import type { Bus } from '../port.ts';
import { decode, encode } from '../wire.ts';
import type { Core } from './core.ts';
import { isNoResponder } from './inbox.ts';
import { request, unavailable } from './requests.ts';
import type { Topology } from './topology.ts';

const storedMsMax = 5_000;

/**
 * Hands durable messages to their stream; resolves when the stream has them. A publish is a question to the stream, asked
 * here through our own inbox so that a broken connection is known at once: the client would wait for its timeout.
 */
export const createPublishing = (core: Core, topology: Topology): Pick<Bus, 'publish'> => ({
  publish: async (_contract, envelope) => {
    const text = encode(envelope);
    // While disconnected a publish would vanish; the outbox keeps the message.
    if (!core.link.isConnected()) throw unavailable();
    const carried = headers();
    carried.set('Nats-Msg-Id', envelope.id);
    const message = { subject: envelope.subject, from: 'stream', text, headers: carried } as const;
    const send = () => request(core, message, storedMsMax);
    try {
      const reply = await send();
      // No stream takes this subject: the server has lost its store.
      if (isNoResponder(reply)) await topology.ensure();
      mustBeStored(isNoResponder(reply) ? await send() : reply);
    } catch (thrown) {
      throw new Failure('service_unavailable', { retryAfterMs: 1_000, cause: thrown });
    }
  },
});

const stored = z.object({ stream: z.string(), seq: z.number() });

const mustBeStored = (reply: Msg): void => {
  const answer = reply.string();
  if (!stored.safeParse(decode(answer)).success) throw new Error(`The stream refused: ${answer}`);
};
