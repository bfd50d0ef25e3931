import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createPostingLists, type PostingLists } from './posting-lists.ts';

const read = (lists: PostingLists, term: number): number[] => {
  const postings: number[] = [];
  lists.forEach(term, (posting) => postings.push(posting));
  return postings;
};

it('holds what was added and not removed, whatever the order', () => {
  const step = fc.record({
    term: fc.integer({ min: -3, max: 3 }),
    posting: fc.integer({ min: 0, max: 40 }),
    isRemoval: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
      const lists = createPostingLists();
      const expected = new Map<number, number[]>();
      for (const { term, posting, isRemoval } of steps) {
        const before = expected.get(term) ?? [];
        if (isRemoval) lists.remove(term, (each) => each % 7 === posting % 7);
        else lists.add(term, posting);
        expected.set(term, isRemoval ? before.filter((each) => each % 7 !== posting % 7) : [...before, posting]);
      }
      for (const [term, postings] of expected) {
        expect(read(lists, term)).toEqual(postings);
        expect(lists.count(term)).toBe(postings.length);
      }
    }),
  );
});

it('a term that outgrows every block keeps all of its postings in order', () => {
  const lists = createPostingLists();
  const postings = Array.from({ length: 5_000 }, (_, at) => at);
  for (const posting of postings) {
    lists.add(1, posting);
    lists.add(2, posting);
  }
  expect(read(lists, 1)).toEqual(postings);
  expect(read(lists, 2)).toEqual(postings);
});
