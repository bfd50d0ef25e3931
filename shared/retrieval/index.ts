import { analyse, listNames, type ListName } from './analysis.ts';
import type { Chunk } from './chunk.ts';
import type { IndexParts } from './index-parts.ts';
import { isEnglish } from './language.ts';
import { searchIndexes, type Hit } from './search.ts';
import { createTermIndex } from './term-index.ts';
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
  /** For `searchIndexes`; callers do not need it. */
  readonly parts: IndexParts;
}

interface Entry {
  readonly chunk: Chunk;
  readonly english: boolean;
}

const titleWeight = 2;
const titleWeightInBigrams = 3;
const chunksMaxByDefault = 50_000;

/** An empty index of at most `chunksMax` chunks. */
export const createIndex = ({ chunksMax = chunksMaxByDefault }: { readonly chunksMax?: number } = {}): Index => {
  const lists = {
    contentStems: createTermIndex(titleWeight),
    allStems: createTermIndex(titleWeight),
    grams: createTermIndex(titleWeight),
    bigrams: createTermIndex(titleWeightInBigrams),
  };
  const entries = new Map<number, Entry>();
  const slotsByDocument = new Map<string, Set<number>>();
  const ids = new Set<string>();
  const freeSlots: number[] = [];
  let english = 0;

  const add = (chunk: Chunk): boolean => {
    if (entries.size >= chunksMax || ids.has(chunk.id)) return false;
    const slot = freeSlots.pop() ?? entries.size;
    const body = analyse(chunk.text);
    const title = analyse(chunk.title);
    for (const name of listNames) lists[name].add(slot, body[name], title[name]);
    const entry = { chunk, english: isEnglish(chunk.text) };
    entries.set(slot, entry);
    ids.add(chunk.id);
    english += entry.english ? 1 : 0;
    slotsByDocument.set(chunk.documentId, (slotsByDocument.get(chunk.documentId) ?? new Set()).add(slot));
    return true;
  };

  const remove = (documentId: string): number => {
    const slots = slotsByDocument.get(documentId) ?? new Set<number>();
    const gone = [...slots].flatMap((slot) => entries.get(slot) ?? []);
    for (const name of listNames) lists[name].remove(slots, termsOf(gone, name));
    for (const slot of slots) entries.delete(slot);
    for (const { chunk } of gone) ids.delete(chunk.id);
    freeSlots.push(...slots);
    slotsByDocument.delete(documentId);
    english -= gone.filter((entry) => entry.english).length;
    return slots.size;
  };

  const parts: IndexParts = {
    lists,
    chunkAt: (slot) => entries.get(slot)?.chunk,
    englishChunks: () => english,
    size: () => entries.size,
  };
  const index: Index = {
    add,
    remove,
    search: (question, limit) => searchIndexes([index], question, limit),
    vocabulary: vocabularyOf([parts]),
    size: parts.size,
    parts,
  };
  return index;
};

// Read from the text once more: keeping the terms of each chunk would double the memory.
const termsOf = (entries: readonly Entry[], name: ListName): number[] =>
  entries.flatMap(({ chunk }) => [...analyse(chunk.text)[name], ...analyse(chunk.title)[name]]);
