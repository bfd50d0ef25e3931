import { createBlocks, type Blocks } from './blocks.ts';

/** Postings (numbers of 0 to 2³¹-1) by term, packed: 4 to 8 bytes each, without an object per term. */
export interface PostingLists {
  readonly add: (term: number, posting: number) => void;
  /** Takes out the postings of a term that `isGone` names. */
  readonly remove: (term: number, isGone: (posting: number) => boolean) => void;
  readonly count: (term: number) => number;
  readonly forEach: (term: number, visit: (posting: number) => void) => void;
}

/** Most terms stand in one text only: their posting takes the place of the list's number in the map. */
export const createPostingLists = (): PostingLists => {
  const places = new Map<number, number>();
  const lists = createLists();
  return {
    add: (term, posting) => {
      const place = places.get(term);
      if (place === undefined) {
        places.set(term, posting);
        return;
      }
      const list = place < 0 ? ~place : lists.start(place);
      if (place >= 0) places.set(term, ~list);
      lists.append(list, posting);
    },
    remove: (term, isGone) => {
      const place = places.get(term);
      if (place === undefined) return;
      if (place >= 0 ? isGone(place) : lists.remove(~place, isGone) === 0) places.delete(term);
    },
    count: (term) => {
      const place = places.get(term);
      if (place === undefined) return 0;
      return place >= 0 ? 1 : lists.length(~place);
    },
    forEach: (term, visit) => {
      const place = places.get(term);
      if (place === undefined) return;
      if (place >= 0) visit(place);
      else lists.forEach(~place, visit);
    },
  };
};

interface Lists {
  /** The number of a new list. */
  readonly start: (first: number) => number;
  readonly append: (list: number, posting: number) => void;
  /** Tells how many are left; a list without any is gone. */
  readonly remove: (list: number, isGone: (posting: number) => boolean) => number;
  readonly length: (list: number) => number;
  readonly forEach: (list: number, visit: (posting: number) => void) => void;
}

const smallestBlock = 4;

/** A list is a block of 4, 8, 16 … integers; one that outgrows its block moves. */
const createLists = (): Lists => {
  const blocks: Blocks = createBlocks();
  const starts: number[] = [];
  const lengths: number[] = [];
  const sizes: number[] = [];
  const free: number[] = [];
  const startOf = (list: number): number => starts[list] ?? 0;
  const lengthOf = (list: number): number => lengths[list] ?? 0;
  const sizeOf = (list: number): number => sizes[list] ?? 0;

  const grow = (list: number): void => {
    const [from, size] = [startOf(list), sizeOf(list)];
    const to = blocks.take(size * 2);
    blocks.copy(from, to, size);
    blocks.giveBack(from, size);
    starts[list] = to;
    sizes[list] = size * 2;
  };
  const append = (list: number, posting: number): void => {
    const length = lengthOf(list);
    if (length === sizeOf(list)) grow(list);
    blocks.set(startOf(list) + length, posting);
    lengths[list] = length + 1;
  };
  return {
    start: (first) => {
      const list = free.pop() ?? starts.length;
      starts[list] = blocks.take(smallestBlock);
      sizes[list] = smallestBlock;
      lengths[list] = 0;
      append(list, first);
      return list;
    },
    append,
    remove: (list, isGone) => {
      const start = startOf(list);
      const length = lengthOf(list);
      let left = 0;
      for (let at = 0; at < length; at += 1) {
        const posting = blocks.get(start + at);
        if (isGone(posting)) continue;
        blocks.set(start + left, posting);
        left += 1;
      }
      lengths[list] = left;
      if (left > 0) return left;
      blocks.giveBack(start, sizeOf(list));
      free.push(list);
      return 0;
    },
    length: lengthOf,
    forEach: (list, visit) => {
      const start = startOf(list);
      const end = start + lengthOf(list);
      for (let at = start; at < end; at += 1) visit(blocks.get(at));
    },
  };
};
