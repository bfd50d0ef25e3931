import type { Chunk } from './chunk.ts';
import { isAsking } from './heading.ts';
import type { IndexParts } from './index-parts.ts';
import { isEnglish } from './language.ts';
import { createLists } from './lists.ts';
import { searchIndexes, type Hit } from './search.ts';
import { vocabularyOf, type Vocabulary } from './vocabulary.ts';

/** Chunks held in memory, ready to be searched. One writer at a time; searching is synchronous and pure. */
export interface Index {
  /** False when the index is full or holds that chunk id already; nothing is changed then. */
  add: (chunk: Chunk) => boolean;
  /** Forgets a document's chunks and tells how many there were. */
  remove: (documentId: string) => number;
  /** The best chunks for a question, best first, at most `limit`; none when no word of the question is known. */
  search: (question: string, limit: number) => Hit[];
  /** What `answerFrom` needs to know of these chunks' words. */
  vocabulary: Vocabulary;
  size: () => number;
  /** The ids of the documents that have chunks here. */
  documents: () => ReadonlySet<string>;
  /** For `searchIndexes`; callers do not need it. */
  readonly parts: IndexParts;
}

interface Entry {
  readonly chunk: Chunk;
  readonly isEnglish: boolean;
  readonly isAsking: boolean;
}

const chunksMaxByDefault = 50_000;

/** An empty index of at most `chunksMax` chunks. */
export const createIndex = ({ chunksMax = chunksMaxByDefault }: { readonly chunksMax?: number } = {}): Index => {
  const lists = createLists();
  const entries = new Map<number, Entry>();
  const slotsByDocument = new Map<string, Set<number>>();
  const ids = new Set<string>();
  const freeSlots: number[] = [];
  const counts = { english: 0, asking: 0 };
  const count = (entry: Entry, step: 1 | -1): void => {
    if (entry.isEnglish) counts.english += step;
    if (entry.isAsking) counts.asking += step;
  };

  const add = (chunk: Chunk): boolean => {
    if (entries.size >= chunksMax || ids.has(chunk.id)) return false;
    const slot = freeSlots.pop() ?? entries.size;
    lists.add(slot, chunk);
    const entry = { chunk, isEnglish: isEnglish(chunk.text), isAsking: isAsking(chunk.title) };
    entries.set(slot, entry);
    ids.add(chunk.id);
    count(entry, 1);
    slotsByDocument.set(chunk.documentId, (slotsByDocument.get(chunk.documentId) ?? new Set()).add(slot));
    return true;
  };

  const remove = (documentId: string): number => {
    const slots = slotsByDocument.get(documentId) ?? new Set<number>();
    const gone = [...slots].flatMap((slot) => entries.get(slot) ?? []);
    lists.remove(
      slots,
      gone.map(({ chunk }) => chunk),
    );
    for (const slot of slots) entries.delete(slot);
    for (const entry of gone) {
      ids.delete(entry.chunk.id);
      count(entry, -1);
    }
    freeSlots.push(...slots);
    slotsByDocument.delete(documentId);
    return slots.size;
  };

  const parts: IndexParts = {
    lists: lists.of,
    chunkAt: (slot) => entries.get(slot)?.chunk,
    englishChunks: () => counts.english,
    askingChunks: () => counts.asking,
    size: () => entries.size,
  };
  const index: Index = {
    add,
    remove,
    search: (question, limit) => searchIndexes([index], question, limit),
    vocabulary: vocabularyOf([parts]),
    size: parts.size,
    documents: () => new Set(slotsByDocument.keys()),
    parts,
  };
  return index;
};
