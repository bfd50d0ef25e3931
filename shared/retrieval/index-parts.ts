import type { Chunk } from './chunk.ts';
import type { ListName } from './lists.ts';
import type { TermIndex } from './term-index.ts';

/** The inside of an index, as ranking needs it. */
export interface IndexParts {
  readonly lists: Readonly<Record<ListName, TermIndex>>;
  readonly chunkAt: (slot: number) => Chunk | undefined;
  readonly englishChunks: () => number;
  /** How many have a question for a heading. */
  readonly askingChunks: () => number;
  readonly size: () => number;
}

/** Anything that can be ranked: an index. */
export interface Searchable {
  readonly parts: IndexParts;
}
