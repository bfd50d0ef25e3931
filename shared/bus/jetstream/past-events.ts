import { AckPolicy, DeliverPolicy, type ConsumerInfo } from '@nats-io/jetstream';
import { nanos } from '@nats-io/transport-node';
import { bulkhead } from 'cockatiel';
import { LRUCache } from 'lru-cache';
import { Failure } from '../../errors/failure.ts';
import type { StoredEvent } from '../port.ts';
import type { EventTail } from './event-tail.ts';
import { eventOf, type EventStreamParts } from './follow-events.ts';

/** Some of the events behind a place, oldest first. */
export interface PastEvents {
  readonly events: readonly StoredEvent[];
  /** Up to here nothing is missing. */
  readonly place: number;
}

interface Wanted {
  readonly filter: string;
  readonly place: number;
  /** Which reaches as far as the stream does. */
  readonly tail: EventTail;
}

/** Reads the next events behind `place` that `filter` selects. Throws when the server does not give what it has. */
export type ReadPast = (wanted: Wanted) => Promise<PastEvents>;

// The server makes a reader while every question of this connection waits, and each has to find its place first.
const readersMax = 4;
const waitingMax = 10_000;
const eventsMax = 500;
const bytesMax = 2 * 1_024 * 1_024;
const readMs = 5_000;
const keptMax = 8;
const keptMs = 5_000;

/**
 * Looks into the stored events, by few readers at once, each for a batch, which serves all who ask for the same within five
 * seconds: a crowd that comes back takes turns, and mostly wants the same.
 */
export const createReadPast = (parts: EventStreamParts): ReadPast => {
  const readers = bulkhead(readersMax, waitingMax);
  const underWay = new Map<string, Promise<PastEvents>>();
  const kept = new LRUCache<string, PastEvents>({ max: keptMax, ttl: keptMs });
  const read = async (key: string, wanted: Wanted): Promise<PastEvents> => {
    try {
      const past = await readers.execute(() => readPast(parts, wanted));
      kept.set(key, past);
      return past;
    } finally {
      underWay.delete(key);
    }
  };
  return async (wanted) => {
    const key = `${wanted.tail.store()} ${wanted.filter} ${wanted.place}`;
    const known = kept.get(key) ?? underWay.get(key);
    if (known !== undefined) return known;
    const reading = read(key, wanted);
    underWay.set(key, reading);
    return reading;
  };
};

const readPast = async (parts: EventStreamParts, { filter, place, tail }: Wanted): Promise<PastEvents> => {
  const { topology, names, clock, logger } = parts;
  const { consumers } = topology.manager;
  const stream = names.stream('EVT');
  // What was heard of by now is there for this reader.
  const reach = tail.head();
  const reader = await consumers.add(stream, {
    name: `past-${clock.newId()}`,
    filter_subject: filter,
    deliver_policy: DeliverPolicy.StartSequence,
    opt_start_seq: place + 1,
    ack_policy: AckPolicy.None,
    mem_storage: true,
    num_replicas: 1,
    inactive_threshold: nanos(2 * readMs),
  });
  try {
    const { events, last, isWhole } = await readFrom(parts, reader, place);
    return { events, place: isWhole ? Math.max(last, reach) : last };
  } finally {
    // Without it the server would keep it for a while.
    consumers
      .delete(stream, reader.name)
      .catch((thrown: unknown) => logger.debug({ err: thrown }, 'reader not deleted'));
  }
};

/** `last` is the place of the last one, or `from` when there is none; `isWhole` that it was the last there is. */
const readFrom = async ({ client, closing }: EventStreamParts, reader: ConsumerInfo, from: number) => {
  const events: StoredEvent[] = [];
  if (reader.num_pending === 0) return { events, last: from, isWhole: true };
  const wanted = Math.min(reader.num_pending, eventsMax);
  const messages = await client.consumers.getConsumerFromInfo(reader).fetch({ max_messages: wanted, expires: readMs });
  let last = from;
  let taken = 0;
  let bytes = 0;
  for await (const message of messages) {
    taken += 1;
    // A connection that broke meanwhile may have lost some in the middle.
    if (message.info.deliverySequence !== taken) throw unread();
    last = message.seq;
    bytes += message.data.length;
    const event = eventOf(message);
    if (event !== undefined) events.push(event);
    if (taken === wanted || bytes > bytesMax || closing.aborted) break;
  }
  if (taken === 0) throw unread();
  return { events, last, isWhole: taken === reader.num_pending };
};

const unread = (): Failure => new Failure('service_unavailable', { detail: 'Stored events could not be read' });
