import { DeliverPolicy, type ConsumerMessages, type JetStreamClient, type JsMsg } from '@nats-io/jetstream';
import type { Logger } from 'pino';
import { envelopeSchema } from '../../contracts/message.ts';
import type { Clock } from '../../runtime/clock.ts';
import { startOf } from '../places.ts';
import type { StoredEvent } from '../port.ts';
import { decode } from '../wire.ts';
import type { Link } from './connection.ts';
import type { TailWriter } from './event-tail.ts';
import type { Names } from './names.ts';
import type { Topology } from './topology.ts';

export interface EventStreamParts {
  readonly link: Link;
  readonly client: JetStreamClient;
  readonly topology: Topology;
  readonly names: Names;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Ends everything. */
  readonly closing: AbortSignal;
}

/** Writes the events that `filter` selects into a tail, in order, from now until the bus closes. */
export const followEvents = async (parts: EventStreamParts, filter: string, tail: TailWriter): Promise<void> => {
  const { topology, link, clock, logger, closing } = parts;
  let place: number | undefined;
  let losses = 0;
  let reading: ConsumerMessages | undefined;
  const stop = (): void => reading?.stop();
  // A store that starts anew gives its places anew: go on from its beginning.
  const forget = topology.onEventsLost(() => {
    losses += 1;
    place = 0;
    tail.begin(0);
    stop();
  });
  // The client would find out by itself, but only after half a minute if the server is slow to come up.
  const forgetUp = link.onUp(stop);
  const close = (): void => {
    stop();
    tail.tell();
  };
  closing.addEventListener('abort', close);
  while (!isAborted(closing)) {
    try {
      const start = startOf(await lastPlace(parts), place);
      if (start !== place) tail.begin(start);
      place = start;
      const losing = losses;
      reading = await open(parts, filter, place);
      // What the client still holds when it is stopped is of the store before.
      for await (const message of reading) {
        if (isAborted(closing) || losses !== losing) break;
        place = message.seq;
        const event = eventOf(message);
        if (event !== undefined) tail.take(event, message.data.length);
      }
    } catch (thrown) {
      if (link.connection.isClosed()) break;
      logger.warn({ err: thrown }, 'events not followed');
      await clock.sleep(500, closing);
    }
  }
  forget();
  forgetUp();
  closing.removeEventListener('abort', close);
  tail.tell();
};

/** The place of the newest event of all. */
export const lastPlace = async ({ topology, names }: EventStreamParts): Promise<number> =>
  (await topology.manager.streams.info(names.stream('EVT'))).state.last_seq;

/** Undefined for what is not one of ours: there is nothing to show of it. */
export const eventOf = (message: JsMsg): StoredEvent | undefined => {
  const envelope = envelopeSchema.safeParse(decode(message.string()));
  return envelope.success ? { seq: message.seq, envelope: envelope.data } : undefined;
};

const open = async ({ client, names }: EventStreamParts, filter: string, place: number): Promise<ConsumerMessages> => {
  const consumer = await client.consumers.get(names.stream('EVT'), {
    filter_subjects: filter,
    // Always from a place, never "new": the client would replay everything if that consumer were lost before its first
    // message.
    deliver_policy: DeliverPolicy.StartSequence,
    opt_start_seq: place + 1,
  });
  return consumer.consume({ max_messages: 100 });
};

// A call, because the compiler takes a signal that was not aborted to stay so across an await.
const isAborted = (signal: AbortSignal): boolean => signal.aborted;
