import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createMarkerReader, numberMarkers } from './citation-markers.ts';

const allKnown = (): boolean => true;

describe('citation markers', () => {
  it('are numbered in the order of first use, whatever the chunk ids are', () => {
    expect(numberMarkers('Ships in 2 days [[C8]]. Free over 50 €【C1】, see [[C8]].', allKnown)).toEqual({
      text: 'Ships in 2 days [1]. Free over 50 €[2], see [1].',
      chunkIds: [8, 1],
    });
  });

  it('of passages that nobody knows vanish with the blank before them', () => {
    expect(numberMarkers('Yes [[C4]][[C5]]. No [[C4]].', (id) => id === 5)).toEqual({
      text: 'Yes[1]. No.',
      chunkIds: [5],
    });
  });

  it('are not seen in what only looks like one', () => {
    const text = 'a[[C]] b[[Cx]] c[C1] d[[c1]] e[[C1234567]] f【1】 [[C1';
    expect(numberMarkers(text, allKnown)).toEqual({ text, chunkIds: [] });
  });

  it('come out the same however the stream cuts the text', () => {
    const piece = fc.oneof(
      fc.constantFrom('[[C1]]', '[[C2]]', '【C3】', '[', '[[', '[[C', ' ', '  ', ']]', '【', '【C7', 'C1', '\n'),
      fc.string({ maxLength: 6 }),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 20 }), fc.array(fc.nat(80), { maxLength: 12 }), (pieces, cuts) => {
        const text = pieces.join('');
        const isKnown = (id: number): boolean => id !== 2;
        const reader = createMarkerReader(isKnown);
        const places = [0, ...cuts.filter((cut) => cut < text.length).sort((a, b) => a - b), text.length];
        const shown = places.slice(1).map((place, at) => reader.push(text.slice(places[at], place)));
        expect(shown.join('') + reader.end()).toBe(numberMarkers(text, isKnown).text);
      }),
      { numRuns: 2_000 },
    );
  });

  it('hold back no more than a marker is long', () => {
    const reader = createMarkerReader(allKnown);
    expect(reader.push('Delivery takes two days [[C1')).toBe('Delivery takes two days');
    expect(reader.push('2]] and')).toBe(' [1] and');
  });
});
