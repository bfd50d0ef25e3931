import { parse } from 'csv-parse/sync';
import { Failure } from '../../../shared/errors/failure.ts';
import { createTextSink, type TextSink } from './limits.ts';
import { normaliseLine } from './normalise-text.ts';
import type { Reading } from './reading.ts';

interface Table {
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/**
 * A table as one block of `Header: value` lines a row, so that each row can be understood, and found, alone.
 * Throws `document_broken` when it cannot be parsed, `document_too_complex` when the blocks grow too long.
 */
export const readCsv = (source: string): Reading => {
  const sink = createTextSink();
  writeTable(sink, tableOf(parseRecords(source, delimiterOf(source))));
  return { text: sink.text(), title: null, pages: null };
};

/** Each row as a block of `Header: value` lines; empty cells are left out. */
export const writeTable = (sink: TextSink, { header, rows }: Table): void => {
  for (const row of rows) {
    row.forEach((cell, at) => {
      const words = normaliseLine(cell);
      if (words !== '') sink.add(`${header[at] ?? `Column ${at + 1}`}: ${words}`);
    });
    sink.add('');
  }
};

/** Rows under their header; a first row that is no header gives names such as `Column 1`. */
export const tableOf = (records: readonly (readonly string[])[]): Table => {
  const [first = [], ...others] = records;
  if (isHeader(first)) return { header: first.map(nameOfColumn), rows: others };
  return { header: first.map((_, at) => `Column ${at + 1}`), rows: records };
};

const nameOfColumn = (name: string, at: number): string => {
  const words = normaliseLine(name);
  return words === '' ? `Column ${at + 1}` : words;
};

// A number, a date or an address in the first row is a value: that table has no header.
const valuePattern = /^[\s\d.,:;/%€$£+-]*\d[\s\d.,:;/%€$£+-]*$|@|:\/\//;

const isHeader = (row: readonly string[]): boolean => {
  const named = row.filter((name) => name.trim() !== '');
  return named.length > 0 && !named.some((name) => name.length > 200 || valuePattern.test(name));
};

const delimiters = [',', ';', '\t', '|'] as const;
const sniffedLines = 30;

/** The delimiter that gives the first lines the most, and most even, columns; a comma when none does. */
const delimiterOf = (source: string): string => {
  const head = source.split('\n', sniffedLines).join('\n').slice(0, 100_000);
  let best = { delimiter: ',', score: 0 };
  for (const delimiter of delimiters) {
    const score = evenness(tryRecords(head, delimiter));
    if (score > best.score) best = { delimiter, score };
  }
  return best.delimiter;
};

const evenness = (records: readonly (readonly string[])[]): number => {
  const columns = records.map((record) => record.length);
  const first = columns[0] ?? 0;
  if (first < 2) return 0;
  return (columns.filter((count) => count === first).length / columns.length) * Math.log2(first);
};

const tryRecords = (source: string, delimiter: string): readonly (readonly string[])[] => {
  try {
    return parseRecords(source, delimiter);
  } catch {
    // A delimiter that cannot be parsed by is not the one.
    return [];
  }
};

const recordCharsMax = 1_000_000;

const parseRecords = (source: string, delimiter: string): string[][] => {
  try {
    return parse(source, {
      bom: true,
      delimiter,
      relax_column_count: true,
      relax_quotes: true,
      skip_empty_lines: true,
      max_record_size: recordCharsMax,
    });
  } catch (thrown) {
    const line = thrown instanceof Error && 'lines' in thrown ? ` near line ${String(thrown.lines)}` : '';
    throw new Failure('document_broken', { detail: `The table cannot be read${line}.`, cause: thrown });
  }
};
