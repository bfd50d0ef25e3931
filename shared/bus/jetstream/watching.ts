import { DeliverPolicy, type ConsumerMessages, type JetStreamClient } from '@nats-io/jetstream';
import type { Logger } from 'pino';
import { z } from 'zod';
import { envelopeSchema } from '../../contracts/message.ts';
import { Failure } from '../../errors/failure.ts';
import type { Clock } from '../../runtime/clock.ts';
import { startOf } from '../journal-watch.ts';
import type { Bus, StoredEvent, WatchOptions } from '../port.ts';
import { decode } from '../wire.ts';
import type { Link } from './connection.ts';
import type { Names } from './names.ts';
import type { Topology } from './topology.ts';

interface WatchingOptions {
  readonly link: Link;
  readonly client: JetStreamClient;
  readonly topology: Topology;
  readonly names: Names;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Ends every watch. */
  readonly closing: AbortSignal;
}

/** Events in order from a place on, each watcher with an ordered consumer of its own. */
export const createWatching = (options: WatchingOptions): Pick<Bus, 'watch'> => ({
  watch: (wanted) => follow(options, wanted),
});

async function* follow(options: WatchingOptions, wanted: WatchOptions): AsyncGenerator<StoredEvent, void> {
  const filter = filterOf(options.names, wanted);
  // Not AbortSignal.any: Node 20 keeps what is joined to a signal as long as that lives, and `closing` lives long.
  const ending = new AbortController();
  const ended = ending.signal;
  const end = (): void => ending.abort();
  let place: number | undefined = wanted.afterSeq;
  let reading: ConsumerMessages | undefined;
  const stop = (): void => reading?.stop();
  // A store that starts anew gives its places anew: go on from its beginning.
  const forget = options.topology.onEventsLost(() => {
    place = 0;
    stop();
  });
  // The client would find out by itself, but only after half a minute if the server is slow to come up.
  const forgetUp = options.link.onUp(stop);
  const sources = [wanted.signal, options.closing];
  for (const source of sources) source.addEventListener('abort', end);
  if (sources.some(isAborted)) end();
  ended.addEventListener('abort', stop);
  try {
    while (!isAborted(ended)) {
      try {
        place = startOf(await lastSeq(options), place);
        reading = await open(options, filter, place);
        if (isAborted(ended)) return;
        for await (const message of reading) {
          if (isAborted(ended)) return;
          place = message.seq;
          const envelope = envelopeSchema.safeParse(decode(message.string()));
          // Not one of ours: there is nothing to show of it.
          if (envelope.success) yield { seq: message.seq, envelope: envelope.data };
        }
      } catch (thrown) {
        if (options.link.connection.isClosed()) return;
        options.logger.warn({ err: thrown }, 'watch interrupted');
        await options.clock.sleep(500, ended);
      }
    }
  } finally {
    forget();
    forgetUp();
    for (const source of sources) source.removeEventListener('abort', end);
    stop();
  }
}

const open = async ({ client, names }: WatchingOptions, filter: string, place: number): Promise<ConsumerMessages> => {
  const consumer = await client.consumers.get(names.stream('EVT'), {
    filter_subjects: filter,
    // Always from a place, never "new": the client would replay everything if that consumer were lost before its first
    // message.
    deliver_policy: DeliverPolicy.StartSequence,
    opt_start_seq: place + 1,
  });
  return consumer.consume({ max_messages: 100 });
};

const lastSeq = async ({ topology, names }: WatchingOptions): Promise<number> =>
  (await topology.manager.streams.info(names.stream('EVT'))).state.last_seq;

const filterOf = (names: Names, { domainId, owner }: WatchOptions): string => {
  // It becomes part of a subject: nothing but an id of ours may.
  if (domainId !== undefined && !z.uuid().safeParse(domainId).success) throw new Failure('invalid_request');
  return names.subject(`evt.${owner ?? '*'}.*.*.${domainId ?? '*'}`);
};

// A call, because the compiler takes a signal that was not aborted to stay so across an await.
const isAborted = (signal: AbortSignal): boolean => signal.aborted;
