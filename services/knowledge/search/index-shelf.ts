import { setImmediate as nextTick } from 'node:timers/promises';
import { LRUCache } from 'lru-cache';
import { answerFrom } from '../../../shared/retrieval/answer.ts';
import { confidenceMinOf } from '../../../shared/retrieval/calibration.ts';
import { chunkText } from '../../../shared/retrieval/chunk-text.ts';
import { pageOf } from '../../../shared/retrieval/chunk.ts';
import { createIndex, type Index } from '../../../shared/retrieval/index.ts';
import type { FoundPassage, IndexedText, IndexName } from './search-task.ts';

/** The indexes of some domains, the least used first to go. Lives in the search thread. */
export interface IndexShelf {
  /**
   * Makes a domain's index of at most `chunksMax` chunks, in the order given. An older one is brought up to date: what is not
   * among the documents goes, what is new is read; a text never changes under its id.
   */
  readonly build: (name: IndexName, documents: readonly IndexedText[]) => Promise<void>;
  /** The passages that answer, best first; undefined when this version is not here. */
  readonly search: (name: IndexName, question: string) => readonly FoundPassage[] | undefined;
}

const hitsMax = 10;
const chunksPerTurn = 50;

/** A shelf for `chunksMax` chunks in all; a thousand of them are 25 to 40 MB. */
export const createIndexShelf = (chunksMax: number): IndexShelf => {
  const indexes = new LRUCache<string, { readonly version: string; readonly index: Index }>({
    maxSize: chunksMax,
    sizeCalculation: ({ index }) => Math.max(1, index.size()),
  });
  return {
    build: async ({ domainId, version }, documents) => {
      const older = indexes.get(domainId)?.index;
      // A full one may hold a document in part.
      const index = older !== undefined && older.size() < chunksMax ? older : createIndex({ chunksMax });
      // Off the shelf meanwhile: an index in the making is no version's.
      indexes.delete(domainId);
      const wanted = new Set(documents.map(({ id }) => id));
      const kept = index.documents();
      for (const id of kept) if (!wanted.has(id)) index.remove(id);
      for (const { id, text, chunkSize } of documents) {
        if (kept.has(id)) continue;
        for (const [at, piece] of chunkText(text, { chunkSize }).entries()) {
          if (!index.add({ ...piece, id: `${id}:${at}`, documentId: id })) break;
          // Others search while one domain's index is being made.
          if (index.size() % chunksPerTurn === 0) await nextTick();
        }
      }
      indexes.set(domainId, { version, index });
    },
    search: ({ domainId, version }, question) => {
      const shelved = indexes.get(domainId);
      return shelved?.version === version ? searchIndex(shelved.index, question) : undefined;
    },
  };
};

const searchIndex = (index: Index, question: string): readonly FoundPassage[] => {
  const answer = answerFrom(question, index.search(question, hitsMax), index.vocabulary, confidenceMinOf([index]));
  if (!answer.answerable) return [];
  const byChunk = new Map<string, FoundPassage>();
  for (const { text, chunk } of answer.sentences) {
    const before = byChunk.get(chunk.id);
    byChunk.set(chunk.id, {
      documentId: chunk.documentId,
      title: chunk.title,
      page: before?.page ?? pageOf(chunk, text) ?? null,
      text: chunk.text,
      answer: before === undefined ? text : `${before.answer} ${text}`,
    });
  }
  return [...byChunk.values()];
};
