import type { Chunk } from './chunk.ts';
import { innermostHeading } from './heading.ts';
import { read, readingNames } from './reading.ts';
import { createTermIndex, type TermIndex } from './term-index.ts';

/** What chunks are ranked by: each reading of heading and text, and the innermost heading alone. */
export const listNames = [...readingNames, 'headings'] as const;
export type ListName = (typeof listNames)[number];

/** The term indexes of one index. */
export interface Lists {
  readonly of: Readonly<Record<ListName, TermIndex>>;
  readonly add: (slot: number, chunk: Chunk) => void;
  /** Forgets slots; `chunks` are those that were added for them. */
  readonly remove: (slots: ReadonlySet<number>, chunks: readonly Chunk[]) => void;
}

const titleWeight = 2;
const titleWeightInBigrams = 3;

export const createLists = (): Lists => {
  const of = {
    contentStems: createTermIndex(titleWeight),
    allStems: createTermIndex(titleWeight),
    grams: createTermIndex(titleWeight),
    bigrams: createTermIndex(titleWeightInBigrams),
    headings: createTermIndex(1),
  };
  return {
    of,
    add: (slot, chunk) => {
      const terms = termsOf(chunk);
      for (const name of listNames) of[name].add(slot, terms[name]);
    },
    // Read from the texts once more: keeping the terms of each chunk would double the memory.
    remove: (slots, chunks) => {
      const terms = chunks.map(termsOf);
      for (const name of listNames) {
        of[name].remove(
          slots,
          terms.flatMap((each) => [...each[name].body, ...each[name].title]),
        );
      }
    },
  };
};

const termsOf = ({ title, text }: Chunk) => {
  const body = read(text);
  const heading = read(title);
  return {
    contentStems: { body: body.contentStems, title: heading.contentStems },
    allStems: { body: body.allStems, title: heading.allStems },
    grams: { body: body.grams, title: heading.grams },
    bigrams: { body: body.bigrams, title: heading.bigrams },
    // Grams, so that a question in other words' endings, or with a slip, is still the entry's question.
    headings: { body: [], title: read(innermostHeading(title)).grams },
  };
};
