import { createNews } from '../news.ts';
import { firstBehind } from '../places.ts';
import type { StoredEvent } from '../port.ts';

/** The newest events, in memory, once for all who watch them in this process. */
export interface EventTail {
  /** 0 until the stream is followed; another number for each store that it is followed in, since each counts its places anew. */
  readonly store: () => number;
  /** All events behind this place that are there are held. */
  readonly floor: () => number;
  /** The place of the newest. */
  readonly head: () => number;
  /** Held events behind `place`, oldest first. */
  readonly after: (place: number) => readonly StoredEvent[];
  /** Resolves when something changed here, or when the signal aborts. */
  readonly change: (signal: AbortSignal) => Promise<void>;
}

/** What fills a tail. */
export interface TailWriter {
  /** From here on the events behind `place` come, in a store whose places have nothing to do with those before. */
  readonly begin: (place: number) => void;
  readonly take: (event: StoredEvent, bytes: number) => void;
  /** Lets everybody look who waits. */
  readonly tell: () => void;
}

const eventsMax = 1_000;
const bytesMax = 8 * 1_024 * 1_024;

/** Who falls further behind than this reads the past from the stream: nothing is kept for a single watcher. */
export const createEventTail = (): EventTail & TailWriter => {
  const news = createNews();
  let held: { readonly seq: number; readonly event: StoredEvent; readonly bytes: number }[] = [];
  let bytesHeld = 0;
  let store = 0;
  let floor = 0;
  let head = 0;
  const dropOldest = (): void => {
    // By the tenth, since each cut moves all that is left.
    if (held.length <= eventsMax * 1.1 && bytesHeld <= bytesMax * 1.1) return;
    let dropped = Math.max(0, held.length - eventsMax);
    bytesHeld -= held.slice(0, dropped).reduce((sum, { bytes }) => sum + bytes, 0);
    for (; bytesHeld > bytesMax; dropped += 1) bytesHeld -= held[dropped]?.bytes ?? 0;
    floor = held[dropped - 1]?.seq ?? floor;
    held = held.slice(dropped);
  };
  return {
    store: () => store,
    floor: () => floor,
    head: () => head,
    after: (place) => held.slice(firstBehind(held, place)).map(({ event }) => event),
    change: news.next,
    begin: (place) => {
      held = [];
      bytesHeld = 0;
      store += 1;
      floor = head = place;
      news.tell();
    },
    take: (event, bytes) => {
      held.push({ seq: event.seq, event, bytes });
      bytesHeld += bytes;
      head = event.seq;
      dropOldest();
      news.tell();
    },
    tell: news.tell,
  };
};
