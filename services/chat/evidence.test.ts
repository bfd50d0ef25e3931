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

  it('lists each source once, by its address where it has one', () => {
    const citations = citationsOf(
      answer,
      passages,
      new Map([['unknown.md', { documentId: 'd2', name: 'Gifts', url: 'https://a.example/' }]]),
    );
    expect(sourcesOf([...citations, ...citations])).toEqual(['one.md', 'https://a.example/']);
  });
});
