import { envelopeSchema } from '../contracts/message.ts';
import type { Journal } from './journal.ts';
import type { StoredEvent, WatchOptions } from './port.ts';
import { decode } from './wire.ts';

/** Tells watchers that the journal has news. */
export interface News {
  tell(): void;
  /** Resolves at the next `tell`. */
  next(signal: AbortSignal): Promise<void>;
}

export const createNews = (): News => {
  let waiting: (() => void)[] = [];
  return {
    tell: () => {
      const woken = waiting;
      waiting = [];
      for (const wake of woken) wake();
    },
    next: (signal) =>
      new Promise((resolve) => {
        const wake = (): void => {
          signal.removeEventListener('abort', wake);
          resolve();
        };
        signal.addEventListener('abort', wake);
        waiting.push(wake);
        if (signal.aborted) wake();
      }),
  };
};

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

/** A place that is not reached yet belongs to a store that is gone: everything there is, is new to this watcher. */
export const startOf = (lastSeq: number, afterSeq: number | undefined): number => {
  if (afterSeq === undefined) return lastSeq;
  return afterSeq > lastSeq ? 0 : afterSeq;
};

// A call, because the compiler takes a signal that was not aborted to stay so across a yield.
const isAborted = (signal: AbortSignal): boolean => signal.aborted;
