import { Failure } from '../../../../shared/errors/failure.ts';
import { createTextSink } from '../limits.ts';
import { normaliseLine } from '../normalise-text.ts';
import { tableOf, writeTable } from '../read-csv.ts';
import type { Reading } from '../reading.ts';
import { checkArchive } from './check-archive.ts';

/** A workbook: each sheet under its name as heading, each row a record of `Header: value` lines. */
export const readXlsx = async (bytes: Uint8Array): Promise<Reading> => {
  await checkArchive(bytes);
  const sink = createTextSink();
  const sheets = await sheetsOf(bytes);
  for (const { name, rows } of sheets) {
    const { intro, table } = splitIntro(rows);
    if (rows.length === 0) continue;
    if (sheets.length > 1) sink.add(`\n# ${normaliseLine(name)}\n`);
    for (const line of intro) sink.add(`${line}\n`);
    writeTable(sink, tableOf(table));
  }
  return { text: sink.text(), title: null, pages: null };
};

interface SheetRows {
  readonly name: string;
  readonly rows: readonly (readonly string[])[];
}

const sheetsOf = async (bytes: Uint8Array): Promise<SheetRows[]> => {
  const { default: readSheets } = await import('read-excel-file/node');
  try {
    const sheets = await readSheets(Buffer.from(bytes));
    return sheets.map(({ sheet, data }) => ({
      name: sheet,
      rows: data.map((row) => row.map(wordsOf)).filter((row) => row.some((cell) => cell !== '')),
    }));
  } catch (thrown) {
    throw new Failure('document_broken', { detail: 'The workbook is damaged.', cause: thrown });
  }
};

const wordsOf = (cell: unknown): string => {
  if (cell === null || cell === undefined) return '';
  if (cell instanceof Date)
    return cell
      .toISOString()
      .replace(/T00:00:00\.000Z$/, '')
      .replace(/:00\.000Z$/, '')
      .replace('T', ' ');
  return typeof cell === 'string' ? cell : JSON.stringify(cell);
};

/** Rows of one cell above a table are what it is called. */
const splitIntro = (
  rows: readonly (readonly string[])[],
): { readonly intro: readonly string[]; readonly table: readonly (readonly string[])[] } => {
  const filled = rows.map((row) => row.filter((cell) => cell.trim() !== ''));
  const start = filled.findIndex((row) => row.length > 1);
  if (start <= 0) return { intro: [], table: rows };
  return { intro: filled.slice(0, start).map((row) => normaliseLine(row.join(' '))), table: rows.slice(start) };
};
