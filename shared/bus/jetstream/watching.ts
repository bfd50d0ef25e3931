import { z } from 'zod';
import { Failure } from '../../errors/failure.ts';
import { sharedFor } from '../../work/shared-for.ts';
import { startOf } from '../places.ts';
import type { Bus, StoredEvent, WatchOptions } from '../port.ts';
import { createEventTail, type EventTail } from './event-tail.ts';
import { followEvents, lastPlace, type EventStreamParts } from './follow-events.ts';
import type { Names } from './names.ts';
import { createReadPast, type PastEvents, type ReadPast } from './past-events.ts';

/**
 * Events in order from a place on. All watchers of an owner's events share one reader of the stream and the newest events,
 * in memory; whoever begins or falls further back reads the stream until it has caught up. So a crowd of watchers costs the
 * server, and the questions of everybody else, little more than one.
 */
export const createWatching = (parts: EventStreamParts): Pick<Bus, 'watch'> => {
  const tails = new Map<string, EventTail>();
  // From the first watcher until the bus closes: a server takes longer to make a reader than watchers to come and go.
  const tailOf = ({ owner }: WatchOptions): EventTail => {
    const filter = filterOf(parts.names, owner === undefined ? {} : { owner });
    const known = tails.get(filter);
    if (known !== undefined) return known;
    const tail = createEventTail();
    tails.set(filter, tail);
    void followEvents(parts, filter, tail);
    return tail;
  };
  const readPast = createReadPast(parts);
  // Shared, but never older than the question for it.
  const placeNow = sharedFor(-Infinity, parts.clock, () => lastPlace(parts));
  return { watch: (wanted) => watch({ ...parts, readPast, placeNow, tail: tailOf(wanted) }, wanted) };
};

interface WatchParts extends EventStreamParts {
  readonly tail: EventTail;
  readonly readPast: ReadPast;
  readonly placeNow: () => Promise<number>;
}

async function* watch(parts: WatchParts, wanted: WatchOptions): AsyncGenerator<StoredEvent, void> {
  const { tail, link, closing, clock, logger } = parts;
  const { signal, domainId } = wanted;
  const filter = filterOf(parts.names, wanted);
  const isOver = (): boolean => signal.aborted || closing.aborted || link.connection.isClosed();
  let store = 0;
  let place: number | undefined;
  while (!isOver()) {
    try {
      // A store that starts anew gives its places anew: go on from its beginning.
      if (store !== 0 && store !== tail.store()) place = 0;
      store = tail.store();
      if (store !== 0) {
        place ??= startOf(await parts.placeNow(), wanted.afterSeq);
        const next = await behind(parts, filter, place);
        for (const event of next.events) {
          if (isOver() || store !== tail.store()) break;
          if (domainId === undefined || event.envelope.domain_id === domainId) yield event;
        }
        place = next.place;
      }
      if (store === tail.store() && (place ?? 0) >= tail.head() && !isOver()) await tail.change(signal);
    } catch (thrown) {
      if (isOver()) return;
      logger.warn({ err: thrown }, 'watch interrupted');
      await clock.sleep(retryMs, signal);
    }
  }
}

const retryMs = 500;

/** The next events, perhaps of other domains too, and the place up to which nothing is missing. */
const behind = async ({ tail, readPast }: WatchParts, filter: string, place: number): Promise<PastEvents> => {
  if (place < tail.floor()) return readPast({ filter, place, tail });
  const events = tail.after(place);
  return { events, place: events.at(-1)?.seq ?? place };
};

const filterOf = (names: Names, { domainId, owner }: Pick<WatchOptions, 'domainId' | 'owner'>): string => {
  // It becomes part of a subject: nothing but an id of ours may.
  if (domainId !== undefined && !z.uuid().safeParse(domainId).success) throw new Failure('invalid_request');
  return names.subject(`evt.${owner ?? '*'}.*.*.${domainId ?? '*'}`);
};
