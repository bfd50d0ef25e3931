import { describe, expect, it } from 'vitest';
import { citationsOf, sourcesOf } from './evidence.ts';
import type { Passage } from './passages.ts';

const passage = (chunkId: number, storedName: string, text: string): Passage => ({
  chunkId,
  storedName,
  heading: 'Help',
  page: null,
  url: null,
  text,
});
const passages = new Map([
  [8, passage(8, 'one.md', 'We ship in two days. Returns are free.')],
  [1, passage(1, 'unknown.md', 'Gift cards never expire.')],
]);
const sources = new Map([['one.md', { documentId: 'd1', name: 'Shipping', url: null }]]);
const answer = { text: 'Returns are free [1]. Gift cards never expire [2].', chunkIds: [8, 1] };

describe('the evidence of an answer', () => {
  it('names our documents, and the stored name where it is nobody’s', () => {
    expect(citationsOf(answer, passages, sources)).toMatchObject([
      { index: 1, document_id: 'd1', document: 'Shipping', quote: 'Returns are free.' },
      { index: 2, document_id: null, document: 'unknown.md', quote: 'Gift cards never expire.' },
    ]);
  });

  it('quotes what a number that stands behind several sentences covers', () => {
    const table = passage(3, 'one.md', 'Kettle: 89 euros. Colours: red and blue. Lantern: 24 euros.');
    const [cited] = citationsOf(
      { text: 'We ship [1][2]. Kettle: 89 euros. Lantern: 24 euros [3].', chunkIds: [8, 1, 3] },
      new Map([...passages, [3, table]]),
      sources,
    ).slice(2);
    expect(cited?.quote).toBe('Kettle: 89 euros. Colours: red and blue. Lantern: 24 euros.');
  });

  it('reads the sentence before numbers that stand together', () => {
    const both = citationsOf({ text: 'Returns are free [1][2].', chunkIds: [8, 1] }, passages, sources);
    expect(both[0]?.quote).toBe('Returns are free.');
  });

  it('lists each source once, by its address where it has one', () => {
    const citations = citationsOf(
      answer,
      passages,
      new Map([['unknown.md', { documentId: 'd2', name: 'Gifts', url: 'https://a.example/' }]]),
    );
    expect(sourcesOf([...citations, ...citations])).toEqual(['one.md', 'https://a.example/']);
  });
});
