import { unitsOf, type Unit } from './chunk-units.ts';
import type { PageStart } from './chunk.ts';
import { sectionsOf, type Section } from './sections.ts';

/** A chunk before it has an id. */
export interface Piece {
  readonly title: string;
  readonly text: string;
  readonly page?: number;
  readonly pageStarts?: readonly PageStart[];
}

export interface ChunkOptions {
  /** The owner's `chunk_size`, 100 to 4000; 1000, the default, is 290 words. */
  readonly chunkSize?: number | undefined;
}

const usualSize = 1000;
const usualWords = 290;
const overlapShare = 55 / usualWords;
const titleCharsMax = 300;

/**
 * Cuts a document into pieces of at most 290 words, or as many more or fewer as the chunk size says, that end at a heading
 * or a sentence; neighbours under one heading share up to a fifth. A table stays whole where it fits, and a record of a
 * table or a list is a piece of its own. The title is the heading path (`Help > Returns`), the page the one on which the
 * piece begins. A sentence longer than a piece is cut between words. Text without words gives no pieces.
 */
export const chunkText = (text: string, { chunkSize = usualSize }: ChunkOptions = {}): Piece[] => {
  const wordsMax = Math.max(20, Math.round((usualWords * chunkSize) / usualSize));
  return sectionsOf(text).flatMap((section) => piecesOf(section, wordsMax));
};

const piecesOf = (section: Section, wordsMax: number): Piece[] => {
  const title = section.path.join(' > ').slice(0, titleCharsMax);
  const units = section.passages.flatMap((passage) => unitsOf(passage, wordsMax));
  return groupsOf(units, wordsMax).map((group) => pieceOf(title, group));
};

const pieceOf = (title: string, units: readonly Unit[]): Piece => {
  const whole = units.map((unit) => unit.text).join('');
  const text = whole.trim();
  const page = units[0]?.page;
  if (page === undefined) return { title, text };
  const pageStarts: PageStart[] = [];
  let at = whole.trimStart().length - whole.length;
  for (const unit of units) {
    const before = pageStarts.at(-1)?.page ?? page;
    if (unit.page !== undefined && unit.page !== before) pageStarts.push({ at, page: unit.page });
    at += unit.text.length;
  }
  return pageStarts.length === 0 ? { title, text, page } : { title, text, page, pageStarts };
};

const groupsOf = (units: readonly Unit[], wordsMax: number): Unit[][] => {
  const groups: Unit[][] = [];
  let group: Unit[] = [];
  for (const unit of units) {
    const isFull = wordsIn(group) + unit.words > wordsMax;
    if ((isFull || unit.isRecord) && wordsIn(group) > 0) {
      groups.push(group);
      group = unit.isRecord ? [] : tailOf(group, wordsMax * overlapShare);
      if (wordsIn(group) + unit.words > wordsMax) group = [];
    }
    group.push(unit);
  }
  if (wordsIn(group) > 0) groups.push(group);
  return groups;
};

/** The last sentences of a group, whole, within the overlap. */
const tailOf = (group: readonly Unit[], overlapWordsMax: number): Unit[] => {
  let words = 0;
  const start = group.findLastIndex((unit) => (words += unit.words) > overlapWordsMax || unit.isRecord) + 1;
  return group.slice(start);
};

const wordsIn = (units: readonly Unit[]): number => units.reduce((sum, { words }) => sum + words, 0);
