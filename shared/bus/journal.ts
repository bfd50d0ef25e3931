import { join } from 'node:path';
import type { Logger } from 'pino';
import { z } from 'zod';
import { envelopeSchema, type Envelope } from '../contracts/message.ts';
import { openJsonlFile, type JsonlFile } from './jsonl-file.ts';
import { firstBehind } from './places.ts';
import { decode } from './wire.ts';

/** One event with its place. `text` is the envelope as JSON, so that every reader gets an object of its own. */
export interface JournalEntry {
  readonly seq: number;
  readonly id: string;
  readonly subject: string;
  readonly domainId: string;
  readonly text: string;
}

/** The newest events of the in-process bus: what JetStream's event stream is to the other adapter. */
export interface Journal {
  /** The place behind which nothing happened yet. */
  readonly lastSeq: () => number;
  /** Adds an event, or gives the entry that the same envelope id already has. */
  append(envelope: Envelope): JournalEntry;
  /** Entries behind `seq`, oldest first. */
  after(seq: number): readonly JournalEntry[];
  flush(): Promise<void>;
}

const eventsMax = 10_000;
// The newest lines are written after the event was seen; a crash may lose them. Starting well behind the last line that
// is there gives no place twice, so a watcher that comes back with the place of a lost event misses none.
const restartGap = 1_000;

/** Kept in `events.jsonl` of `directory`; only in memory without one. */
export const openJournal = async (options: {
  readonly directory?: string;
  readonly logger: Logger;
}): Promise<Journal> => {
  if (options.directory === undefined) return keep(inMemory, []);
  const { file, lines } = await openJsonlFile({
    path: join(options.directory, 'events.jsonl'),
    linesMax: eventsMax,
    onError: (error) => options.logger.error({ err: error }, 'journal not written'),
  });
  return keep(file, lines.flatMap(entryOf));
};

const keep = (file: JsonlFile, entries: JournalEntry[]): Journal => {
  const byId = new Map(entries.map((entry) => [entry.id, entry]));
  const newest = entries.at(-1);
  let lastSeq = newest === undefined ? 0 : newest.seq + restartGap;

  return {
    lastSeq: () => lastSeq,
    append: (envelope) => {
      const known = byId.get(envelope.id);
      if (known !== undefined) return known;
      const text = JSON.stringify(envelope);
      const entry = { seq: ++lastSeq, id: envelope.id, subject: envelope.subject, domainId: envelope.domain_id, text };
      entries.push(entry);
      byId.set(entry.id, entry);
      if (entries.length > eventsMax * 1.1) {
        for (const old of entries.splice(0, entries.length - eventsMax)) byId.delete(old.id);
      }
      file.append(`{"seq":${entry.seq},"envelope":${text}}`);
      return entry;
    },
    after: (seq) => entries.slice(firstBehind(entries, seq)),
    flush: () => file.flush(),
  };
};

const inMemory: JsonlFile = { append: () => undefined, flush: () => Promise.resolve() };

const journalLine = z.object({ seq: z.number().int(), envelope: envelopeSchema });

// A line that is none of ours is passed over: the journal serves live views, it is nobody's truth.
const entryOf = (line: string): JournalEntry[] => {
  const parsed = journalLine.safeParse(decode(line));
  if (!parsed.success) return [];
  const { seq, envelope } = parsed.data;
  return [
    { seq, id: envelope.id, subject: envelope.subject, domainId: envelope.domain_id, text: JSON.stringify(envelope) },
  ];
};
