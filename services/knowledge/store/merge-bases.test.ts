import { describe, expect, test } from 'vitest';
import { chooseDocuments } from './merge-bases.ts';

const bases = (...sizes: readonly number[]) =>
  sizes.flatMap((size, base) =>
    Array.from({ length: size }, (_, at) => ({ id: `${base}-${at}`, base_id: String(base) })),
  );

describe('merging small bases', () => {
  test('waits until there are many of them', () => {
    expect(chooseDocuments(bases(1, 1, 1, 1, 1, 1, 1), 98)).toEqual([]);
    expect(chooseDocuments(bases(1, 1, 1, 1, 1, 1, 1, 1), 98)).toHaveLength(8);
  });

  test('takes whole bases, the smallest first, and no more than fit', () => {
    const chosen = chooseDocuments(bases(40, 40, 2, 1, 1, 1, 1, 1), 60);
    expect(chosen).toHaveLength(47);
    expect(chosen.filter((id) => id.startsWith('0-'))).toHaveLength(40);
  });

  test('leaves full ones alone', () => {
    expect(chooseDocuments(bases(60, 60, 60, 1, 1, 1, 1, 1, 1, 1, 1), 98)).toHaveLength(8);
  });
});
