import { sectionsOf, type Passage, type Section } from './sections.ts';
import { sentencesOf } from './sentences.ts';
import { wordsOf } from './words.ts';

/** A chunk before it has an id. */
export interface Piece {
  readonly title: string;
  readonly text: string;
  readonly page?: number;
}

const wordsMax = 290;
const overlapWordsMax = 55;
const titleCharsMax = 300;

/**
 * Cuts a document into pieces of at most 290 words that end at a heading or a sentence; neighbours under one heading
 * share up to 55 words. The title is the heading path (`Help > Returns`), the page the one on which the piece begins.
 * A sentence longer than a piece is cut between words. Text without words gives no pieces.
 */
export const chunkText = (text: string): Piece[] => sectionsOf(text).flatMap(piecesOf);

interface Unit {
  readonly text: string;
  readonly words: number;
  readonly page: number | undefined;
}

const piecesOf = (section: Section): Piece[] => {
  const title = section.path.join(' > ').slice(0, titleCharsMax);
  return groupsOf(section.passages.flatMap(unitsOf)).map((units) => {
    const text = units
      .map((unit) => unit.text)
      .join('')
      .trim();
    const page = units[0]?.page;
    return page === undefined ? { title, text } : { title, text, page };
  });
};

const unitsOf = ({ text, page }: Passage): Unit[] =>
  sentencesOf(`${text}\n`)
    .flatMap(cutLongSentence)
    .map((sentence) => ({ text: sentence, words: wordsOf(sentence).length, page }));

const cutLongSentence = (sentence: string): string[] => {
  if (wordsOf(sentence).length <= wordsMax) return [sentence];
  const parts: string[] = [];
  let part = '';
  let words = 0;
  // Runs without spaces (Chinese, base64) are cut by length.
  for (const run of sentence.match(/\s*\S{1,80}\s*/gu) ?? []) {
    const length = wordsOf(run).length;
    if (words + length > wordsMax && part !== '') {
      parts.push(part);
      part = '';
      words = 0;
    }
    part += run;
    words += length;
  }
  return part === '' ? parts : [...parts, part];
};

const groupsOf = (units: readonly Unit[]): Unit[][] => {
  const groups: Unit[][] = [];
  let group: Unit[] = [];
  for (const unit of units) {
    if (wordsIn(group) + unit.words > wordsMax && wordsIn(group) > 0) {
      groups.push(group);
      group = tailOf(group);
      if (wordsIn(group) + unit.words > wordsMax) group = [];
    }
    group.push(unit);
  }
  if (wordsIn(group) > 0) groups.push(group);
  return groups;
};

/** The last sentences of a group, whole, within the overlap. */
const tailOf = (group: readonly Unit[]): Unit[] => {
  let words = 0;
  const start = group.findLastIndex((unit) => (words += unit.words) > overlapWordsMax) + 1;
  return group.slice(start);
};

const wordsIn = (units: readonly Unit[]): number => units.reduce((sum, { words }) => sum + words, 0);
