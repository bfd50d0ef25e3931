import { parseInline } from './parse-inline.ts';
import type { Block, Cell } from './tree.ts';

/** A block and the line it begins on, counted from the start of the parsed text. */
export interface PlacedBlock {
  readonly line: number;
  readonly block: Block;
}

const depthMax = 4;
const columnsMax = 12;

const fence = /^ {0,3}(`{3,}|~{3,})/;
const rule = /^ {0,3}([-*_])( *\1){2,} *$/;
const heading = /^ {0,3}#{1,6} +(.*?)#* *$/;
const quote = /^ {0,3}> ?/;
const item = /^( *)([-*+•]|(\d{1,4})[.)])( +|$)/;
const tableRule = /^ *\|? *:?-+:? *(\| *:?-+:? *)*\|? *$/;

/** The blocks of a text, in order. What is not yet finished (an open fence, half a table) is parsed as far as it goes. */
export const parseBlocks = (source: string): readonly Block[] =>
  parsePlaced(source.split('\n'), 0).map(({ block }) => block);

/** As `parseBlocks`, with the line of each block, for whoever parses a growing text again from its last block on. */
export const parsePlaced = (lines: readonly string[], depth = 0): readonly PlacedBlock[] => {
  const placed: PlacedBlock[] = [];
  for (let line = 0; line < lines.length;) {
    if (isBlank(lines[line])) {
      line += 1;
      continue;
    }
    const taken = takeBlock(lines, line, depth);
    placed.push({ line, block: taken.block });
    line = taken.end;
  }
  return placed;
};

interface Taken {
  readonly block: Block;
  readonly end: number;
}

const takeBlock = (lines: readonly string[], line: number, depth: number): Taken => {
  const text = lines[line] ?? '';
  const opener = fence.exec(text)?.[1];
  if (opener !== undefined) return takeCode(lines, line, opener);
  if (rule.test(text)) return { block: { kind: 'rule' }, end: line + 1 };
  const title = heading.exec(text)?.[1];
  if (title !== undefined) return { block: { kind: 'heading', children: parseInline(title) }, end: line + 1 };
  if (depth < depthMax && quote.test(text)) return takeQuote(lines, line, depth);
  if (depth < depthMax && item.test(text)) return takeList(lines, line, depth);
  if (isTable(lines, line)) return takeTable(lines, line);
  return takeParagraph(lines, line, depth);
};

const takeCode = (lines: readonly string[], line: number, opener: string): Taken => {
  const body: string[] = [];
  let end = line + 1;
  for (; end < lines.length; end += 1) {
    const text = lines[end] ?? '';
    if (text.trim().startsWith(opener)) return { block: { kind: 'code', text: body.join('\n') }, end: end + 1 };
    body.push(text);
  }
  return { block: { kind: 'code', text: body.join('\n') }, end };
};

const takeQuote = (lines: readonly string[], line: number, depth: number): Taken => {
  const body: string[] = [];
  let end = line;
  for (; end < lines.length && quote.test(lines[end] ?? ''); end += 1) body.push((lines[end] ?? '').replace(quote, ''));
  return { block: { kind: 'quote', children: parsePlaced(body, depth + 1).map(({ block }) => block) }, end };
};

/** Lines indented under an item belong to it; a blank line ends the list unless an item or indented line follows. */
const takeList = (lines: readonly string[], line: number, depth: number): Taken => {
  const first = item.exec(lines[line] ?? '');
  const indent = first?.[1]?.length ?? 0;
  const isOrdered = first?.[3] !== undefined;
  const items: string[][] = [];
  let end = line;
  for (; end < lines.length; end += 1) {
    const text = lines[end] ?? '';
    const match = item.exec(text);
    const current = items.at(-1);
    if (match !== null && (match[1]?.length ?? 0) <= indent + 1) {
      if ((match[3] !== undefined) !== isOrdered || (match[1]?.length ?? 0) < indent || rule.test(text)) break;
      items.push([text.slice(match[0].length)]);
    } else if (isBlank(text)) {
      const next = lines[end + 1] ?? '';
      if (!/^ {2,}\S/.test(next) && !item.test(next)) break;
      current?.push('');
    } else if (/^ {2,}/.test(text) || !isBlank(lines[end - 1])) {
      if (!/^ /.test(text) && startsBlock(text)) break;
      current?.push(text.replace(/^ {1,4}/, ''));
    } else break;
  }
  const start = isOrdered ? Number(first[3]) : undefined;
  const blocks = items.map((body) => parsePlaced(body, depth + 1).map(({ block }) => block));
  return { block: { kind: 'list', start, items: blocks }, end };
};

const isTable = (lines: readonly string[], line: number): boolean =>
  (lines[line] ?? '').includes('|') && (lines[line + 1] ?? '').includes('-') && tableRule.test(lines[line + 1] ?? '');

const takeTable = (lines: readonly string[], line: number): Taken => {
  const head = cellsOf(lines[line] ?? '');
  const rows: (readonly Cell[])[] = [];
  let end = line + 2;
  for (; end < lines.length && (lines[end] ?? '').includes('|'); end += 1) {
    const cells = cellsOf(lines[end] ?? '');
    rows.push(head.map((_, column) => cells[column] ?? []));
  }
  return { block: { kind: 'table', head, rows }, end };
};

const cellsOf = (row: string): readonly Cell[] =>
  row
    .trim()
    .replace(/^\|/, '')
    .replace(/(?<!\\)\|$/, '')
    .split(/(?<!\\)\|/)
    .slice(0, columnsMax)
    .map((cell) => parseInline(cell.trim()));

const takeParagraph = (lines: readonly string[], line: number, depth: number): Taken => {
  const body = [lines[line] ?? ''];
  let end = line + 1;
  for (; end < lines.length; end += 1) {
    const text = lines[end] ?? '';
    if (isBlank(text) || isTable(lines, end) || (startsBlock(text) && depth < depthMax)) break;
    body.push(text);
  }
  return { block: { kind: 'paragraph', children: parseInline(body.map((text) => text.trim()).join('\n')) }, end };
};

const startsBlock = (text: string): boolean =>
  fence.test(text) || rule.test(text) || heading.test(text) || quote.test(text) || item.test(text);

const isBlank = (text: string | undefined): boolean => text === undefined || text.trim() === '';
