import { LRUCache } from 'lru-cache';
import { chunkText } from '../../../shared/retrieval/chunk-text.ts';
import type { Chunk } from '../../../shared/retrieval/chunk.ts';
import { createIndex, type Index } from '../../../shared/retrieval/index.ts';
import type { BlobFiles } from '../support/blob-files.ts';
import type { IndexedCounts, Source, State } from './state.ts';

/** The searchable content of the knowledge bases. Indexes are built from the uploaded objects when first needed. */
export interface Knowledge {
  indexOf: (knowledgeBaseUuid: string) => Index;
  /** Reads a source's object into the index and tells what came of it. */
  ingest: (source: Source) => IndexedCounts;
  forgetSource: (source: Source) => void;
  forgetBase: (knowledgeBaseUuid: string) => void;
  clear: () => void;
}

const indexesMax = 2000;
const readable = /\.(?:csv|tsv|html?|md|txt|rst|json|jsonl|xml)$/iu;

export const createKnowledge = (state: State, blobs: BlobFiles): Knowledge => {
  const indexes = new LRUCache<string, Index>({ max: indexesMax });

  const indexOf = (knowledgeBaseUuid: string): Index => {
    const known = indexes.get(knowledgeBaseUuid);
    if (known !== undefined) return known;
    const index = createIndex();
    for (const source of state.sources.values()) {
      if (source.knowledgeBaseUuid === knowledgeBaseUuid && source.isIndexed) addTo(index, source);
    }
    indexes.set(knowledgeBaseUuid, index);
    return index;
  };

  const addTo = (index: Index, source: Source): number => {
    const text = textOf(source, blobs).text ?? '';
    const chunks = chunksOf(source, text);
    chunks.forEach(index.add);
    return chunks.length;
  };

  return {
    indexOf,
    ingest: (source) => {
      if (source.given.file_upload_data_source === undefined) {
        // Nothing outside is ever fetched: a crawl finds no page, a bucket no object.
        return { status: 'UPDATED', items: 0, bytes: 0, skipped: 0 };
      }
      const { text, bytes, error, isSkipped } = textOf(source, blobs);
      if (text === undefined) {
        return {
          status: isSkipped ? 'NOT_UPDATED' : 'FAILED',
          items: 0,
          bytes,
          skipped: isSkipped ? 1 : 0,
          ...(error === undefined ? {} : { error }),
        };
      }
      const index = indexOf(source.knowledgeBaseUuid);
      index.remove(source.uuid);
      return { status: 'UPDATED', items: addTo(index, source), bytes, skipped: 0 };
    },
    forgetSource: (source) => {
      indexes.get(source.knowledgeBaseUuid)?.remove(source.uuid);
    },
    forgetBase: (knowledgeBaseUuid) => {
      indexes.delete(knowledgeBaseUuid);
    },
    clear: () => indexes.clear(),
  };
};

const chunksOf = (source: Source, text: string): Chunk[] =>
  chunkText(text).map((piece, at) => ({ ...piece, id: `${source.uuid}:${at.toString()}`, documentId: source.uuid }));

interface SourceText {
  readonly text?: string;
  readonly bytes: number;
  readonly isSkipped: boolean;
  readonly error?: string;
}

const textOf = (source: Source, blobs: BlobFiles): SourceText => {
  const file = source.given.file_upload_data_source;
  const bytes = file === undefined ? undefined : blobs.get(file.stored_object_key);
  if (file === undefined || bytes === undefined) {
    return { bytes: 0, isSkipped: false, error: 'the stored object does not exist or has expired' };
  }
  const size = bytes.length;
  // The real indexer passes over what has no extension, without an error.
  if (!/\.[a-z0-9]{1,5}$/iu.test(file.original_file_name)) return { bytes: size, isSkipped: true };
  if (!readable.test(file.original_file_name) || bytes.includes(0)) {
    return { bytes: size, isSkipped: false, error: 'the emulator reads text files only' };
  }
  return { text: bytes.toString('utf8').replace(/^\uFEFF/u, ''), bytes: size, isSkipped: false };
};
