import { envelopeSchema } from '../contracts/message.ts';
import type { Journal } from './journal.ts';
import type { News } from './news.ts';
import { startOf } from './places.ts';
import type { StoredEvent, WatchOptions } from './port.ts';
import { decode } from './wire.ts';

/** Events of the journal from a place on, then as they come, until either signal aborts. */
export async function* watchJournal(
  journal: Journal,
  news: News,
  closing: AbortSignal,
  { domainId, owner, afterSeq, signal }: WatchOptions,
): AsyncGenerator<StoredEvent, void> {
  const ended = AbortSignal.any([signal, closing]);
  let seq = startOf(journal.lastSeq(), afterSeq);
  while (!ended.aborted) {
    for (const entry of journal.after(seq)) {
      seq = entry.seq;
      if (domainId !== undefined && entry.domainId !== domainId) continue;
      if (owner !== undefined && !entry.subject.startsWith(`evt.${owner}.`)) continue;
      yield { seq, envelope: envelopeSchema.parse(decode(entry.text)) };
      if (isAborted(ended)) return;
    }
    if (journal.after(seq).length === 0) await news.next(ended);
  }
}

// A call, because the compiler takes a signal that was not aborted to stay so across a yield.
const isAborted = (signal: AbortSignal): boolean => signal.aborted;
