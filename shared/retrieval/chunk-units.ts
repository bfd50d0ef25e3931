import type { Passage } from './sections.ts';
import { sentencesOf } from './sentences.ts';
import { wordsOf } from './words.ts';

/** What a chunk is put together from and never cut within. */
export interface Unit {
  readonly text: string;
  readonly words: number;
  readonly page: number | undefined;
  /** A record of a table or a list stands for itself. */
  readonly isRecord: boolean;
}

/**
 * The units of a passage: sentences, whole tables, and records (`field: value` lines between empty ones, as CSV and JSON
 * are read). A sentence of more than `wordsMax` words is cut between words, a table between rows, with its head on each part.
 */
export const unitsOf = ({ text, page }: Passage, wordsMax: number): Unit[] => {
  const records = recordsOf(text);
  const parts = records ?? blocksOf(text).flatMap((block) => textsOf(block, wordsMax));
  return parts
    .flatMap((part) => cutLong(part, wordsMax))
    .map((part) => ({ text: part, words: wordsOf(part).length, page, isRecord: records !== undefined }));
};

const recordLine = /^[^:\n]{1,80}: \S/u;

/** Undefined for a text that is not all records, or only one. */
const recordsOf = (text: string): string[] | undefined => {
  const blocks = text.split(/\n{2,}/u).filter((block) => block.trim() !== '');
  const isRecord = (block: string): boolean =>
    block
      .trim()
      .split('\n')
      .every((line) => recordLine.test(line));
  const isAll = blocks.length > 1 && blocks.every(isRecord) && blocks.some((block) => block.trim().includes('\n'));
  return isAll ? blocks.map((block) => `${block}\n\n`) : undefined;
};

interface Block {
  readonly isTable: boolean;
  readonly lines: readonly string[];
}

const tableRow = /^\s*\|.*\|\s*$/u;
const tableRule = /^\s*\|(?:\s*:?-{2,}:?\s*\|)+\s*$/u;

const blocksOf = (text: string): Block[] => {
  const blocks: { isTable: boolean; lines: string[] }[] = [];
  for (const line of text.split('\n')) {
    const isTable = tableRow.test(line);
    const last = blocks.at(-1);
    if (last?.isTable === isTable) last.lines.push(line);
    else blocks.push({ isTable, lines: [line] });
  }
  return blocks;
};

const textsOf = ({ isTable, lines }: Block, wordsMax: number): string[] => {
  const text = `${lines.join('\n')}\n`;
  if (!isTable) return sentencesOf(text);
  if (wordsOf(text).length <= wordsMax) return [text];
  const head = lines.slice(0, tableRule.test(lines[1] ?? '') ? 2 : 1);
  const headWords = wordsOf(head.join('\n')).length;
  // A head that fills half a part would be most of what is found.
  const repeated = headWords * 2 <= wordsMax ? head : [];
  return partsOf(lines.slice(repeated.length), wordsMax - headWords).map(
    (rows) => `${[...repeated, ...rows].join('\n')}\n`,
  );
};

const partsOf = (rows: readonly string[], wordsMax: number): string[][] => {
  const parts: string[][] = [[]];
  let words = 0;
  for (const row of rows) {
    const length = wordsOf(row).length;
    if (words + length > wordsMax && words > 0) {
      parts.push([]);
      words = 0;
    }
    parts.at(-1)?.push(row);
    words += length;
  }
  return parts;
};

const cutLong = (sentence: string, wordsMax: number): string[] => {
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
