import { LRUCache } from 'lru-cache';
import type { Database } from '../../../shared/db/client.ts';
import { Failure } from '../../../shared/errors/failure.ts';
import { createSlots } from '../extract/slots.ts';
import { indexedVersion, readIndexedTexts } from '../store/indexed-texts.ts';
import type { FoundPassage, IndexName } from './search-task.ts';
import type { Searcher } from './searcher.ts';

export interface DomainSearch {
  /**
   * Passages of the domain's indexed documents that answer. An index is made when the documents are not those it was made
   * of; several askers share one. Throws `deadline_exceeded` when `signal` aborts first: the index is finished all the
   * same, for the next asker.
   */
  readonly search: (domainId: string, question: string, signal: AbortSignal) => Promise<readonly FoundPassage[]>;
}

interface SearchParts {
  readonly database: Database;
  readonly searcher: Searcher;
  /** Chunks of one domain's index; what does not fit are its oldest documents. */
  readonly chunksMax: number;
}

// The thread makes one index at a time, while it goes on searching the others.
const buildsWaitingMax = 20;
// Texts that broke the thread once would break it again, and each time take all other indexes with them.
const brokenMs = 600_000;
const brokenMax = 1_000;

export const createDomainSearch = ({ database, searcher, chunksMax }: SearchParts): DomainSearch => {
  const slots = createSlots({ slots: 1, queueMax: buildsWaitingMax });
  const building = new Map<string, Promise<void>>();
  const broken = new LRUCache<string, true>({ max: brokenMax, ttl: brokenMs });

  const build = async (name: IndexName): Promise<void> => {
    const documents = await database.run((client) => readIndexedTexts(client, name.domainId, chunksMax));
    const outcome = await searcher.run({ kind: 'build', ...name, documents: [...documents] });
    if (outcome.kind !== 'failed') return;
    broken.set(keyOf(name), true);
    throw unavailable(outcome.reason);
  };
  const buildOnce = (name: IndexName): Promise<void> => {
    const key = keyOf(name);
    const begun = building.get(key) ?? slots.run(() => build(name)).finally(() => building.delete(key));
    building.set(key, begun);
    return begun;
  };
  const find = async (name: IndexName, question: string): Promise<readonly FoundPassage[] | undefined> => {
    const outcome = await searcher.run({ kind: 'search', ...name, question });
    if (outcome.kind === 'failed') throw unavailable(outcome.reason);
    return outcome.kind === 'found' ? outcome.passages : undefined;
  };

  return {
    search: async (domainId, question, signal) => {
      const version = await database.run((client) => indexedVersion(client, domainId));
      if (version === undefined) return [];
      const name = { domainId, version };
      if (broken.has(keyOf(name))) throw new Failure('service_unavailable', { retryAfterMs: 5_000 });
      const known = await unlessAborted(signal, find(name, question));
      if (known !== undefined) return known;
      await unlessAborted(signal, buildOnce(name));
      // Pushed out again at once by others' indexes: as good as none.
      return (await unlessAborted(signal, find(name, question))) ?? [];
    },
  };
};

const unavailable = (reason: string): Failure => new Failure('service_unavailable', { cause: new Error(reason) });

const keyOf = ({ domainId, version }: IndexName): string => `${domainId} ${version}`;

const unlessAborted = async <T>(signal: AbortSignal, work: Promise<T>): Promise<T> => {
  let leave = (): void => undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    leave = () => reject(new Failure('deadline_exceeded', { cause: signal.reason }));
  });
  if (signal.aborted) leave();
  signal.addEventListener('abort', leave, { once: true });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', leave);
  }
};
