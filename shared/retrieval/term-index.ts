const frequencyBits = 8;
const frequencyMax = 2 ** frequencyBits - 1;

/** Numbers that one query needs from an index; those of several indexes add up. */
export interface TermStatistics {
  readonly texts: number;
  readonly lengthTotal: number;
}

/** Postings of one way of reading texts. Each text has a slot number that its owner hands out. */
export interface TermIndex {
  add: (slot: number, body: readonly string[], title: readonly string[]) => void;
  /** Forgets the slots; `terms` are all terms that were added for them. */
  remove: (slots: ReadonlySet<number>, terms: Iterable<string>) => void;
  statistics: () => TermStatistics;
  textsWith: (term: string) => number;
  /** Calls `visit` for each text that holds the term. */
  forEachText: (term: string, visit: (slot: number, frequency: number, length: number) => void) => void;
}

/**
 * An index that counts a title's terms `titleWeight` times. A posting is one small integer (slot and frequency), which
 * keeps a thousand chunks of 250 words under about 25 MB for all four ways of reading together.
 */
export const createTermIndex = (titleWeight: number): TermIndex => {
  const postings = new Map<string, number[]>();
  const lengths = new Map<number, number>();
  let lengthTotal = 0;

  const forget = (slots: ReadonlySet<number>, terms: Iterable<string>): void => {
    for (const term of new Set(terms)) {
      const rest = (postings.get(term) ?? []).filter((posting) => !slots.has(posting >>> frequencyBits));
      if (rest.length === 0) postings.delete(term);
      else postings.set(term, rest);
    }
    for (const slot of slots) {
      lengthTotal -= lengths.get(slot) ?? 0;
      lengths.delete(slot);
    }
  };

  return {
    add: (slot, body, title) => {
      for (const [term, frequency] of frequencies(body, title, titleWeight)) {
        const posting = (slot << frequencyBits) | Math.min(frequency, frequencyMax);
        const list = postings.get(term);
        if (list === undefined) postings.set(term, [posting]);
        else list.push(posting);
      }
      const length = body.length + titleWeight * title.length;
      lengths.set(slot, length);
      lengthTotal += length;
    },
    remove: forget,
    statistics: () => ({ texts: lengths.size, lengthTotal }),
    textsWith: (term) => postings.get(term)?.length ?? 0,
    forEachText: (term, visit) => {
      for (const posting of postings.get(term) ?? []) {
        const slot = posting >>> frequencyBits;
        visit(slot, posting & frequencyMax, lengths.get(slot) ?? 0);
      }
    },
  };
};

const frequencies = (body: readonly string[], title: readonly string[], titleWeight: number): Map<string, number> => {
  const counts = new Map<string, number>();
  for (const term of body) counts.set(term, (counts.get(term) ?? 0) + 1);
  for (const term of title) counts.set(term, (counts.get(term) ?? 0) + titleWeight);
  return counts;
};
