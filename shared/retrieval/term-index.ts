import { createPostingLists } from './posting-lists.ts';

const frequencyBits = 8;
const frequencyMax = 2 ** frequencyBits - 1;

/** Numbers that one query needs from an index; those of several indexes add up. */
export interface TermStatistics {
  readonly texts: number;
  readonly lengthTotal: number;
  /** Slots are below this. */
  readonly slots: number;
}

/** The terms of a text and of its title, with repeats. */
export interface TextTerms {
  readonly body: readonly number[];
  readonly title: readonly number[];
}

/** Postings of one way of reading texts. Each text has a slot number that its owner hands out, below 2²³. */
export interface TermIndex {
  readonly add: (slot: number, terms: TextTerms) => void;
  /** Forgets the slots; `terms` are all terms that were added for them. */
  readonly remove: (slots: ReadonlySet<number>, terms: Iterable<number>) => void;
  readonly statistics: () => TermStatistics;
  readonly textsWith: (term: number) => number;
  /** Calls `visit` for each text that holds the term. */
  readonly forEachText: (term: number, visit: (slot: number, frequency: number, length: number) => void) => void;
}

/** An index that counts a title's terms `titleWeight` times. A posting is one small integer: slot and frequency. */
export const createTermIndex = (titleWeight: number): TermIndex => {
  const postings = createPostingLists();
  const lengths: number[] = [];
  let texts = 0;
  let lengthTotal = 0;

  return {
    add: (slot, { body, title }) => {
      for (const [term, frequency] of frequencies({ body, title }, titleWeight)) {
        postings.add(term, (slot << frequencyBits) | Math.min(frequency, frequencyMax));
      }
      const length = body.length + titleWeight * title.length;
      lengths[slot] = length;
      lengthTotal += length;
      texts += 1;
    },
    remove: (slots, terms) => {
      const isGone = (posting: number): boolean => slots.has(posting >>> frequencyBits);
      for (const term of new Set(terms)) postings.remove(term, isGone);
      for (const slot of slots) {
        lengthTotal -= lengths[slot] ?? 0;
        lengths[slot] = 0;
      }
      texts -= slots.size;
    },
    statistics: () => ({ texts, lengthTotal, slots: lengths.length }),
    textsWith: postings.count,
    forEachText: (term, visit) => {
      postings.forEach(term, (posting) => {
        const slot = posting >>> frequencyBits;
        visit(slot, posting & frequencyMax, lengths[slot] ?? 0);
      });
    },
  };
};

const frequencies = ({ body, title }: TextTerms, titleWeight: number): Map<number, number> => {
  const counts = new Map<number, number>();
  for (const term of body) counts.set(term, (counts.get(term) ?? 0) + 1);
  for (const term of title) counts.set(term, (counts.get(term) ?? 0) + titleWeight);
  return counts;
};
