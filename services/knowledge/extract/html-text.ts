import { isNoise } from './html-noise.ts';
import { isElement, textOf, type HtmlElement, type HtmlNode } from './html-tree.ts';
import { createTextSink, extractLimits, type TextSink } from './limits.ts';

const blockTags = new Set(
  'address article blockquote body caption center dd details div dl dt fieldset figcaption figure footer form header hgroup hr html legend main ol p section summary ul'.split(
    ' ',
  ),
);

/** The words below an element as Markdown-like text: headings as `#`, list items as `-`, table rows as `| a | b |`. */
export const textOfHtml = (root: HtmlElement): string => {
  const writer: Writer = { sink: createTextSink(), inline: '' };
  walk(writer, root, { depth: 0, listDepth: 0 });
  flush(writer);
  return writer.sink.text();
};

interface Writer {
  readonly sink: TextSink;
  /** The paragraph at hand. */
  inline: string;
}

interface Position {
  readonly depth: number;
  readonly listDepth: number;
}

const walk = (writer: Writer, node: HtmlNode, position: Position): void => {
  const text = textOf(node);
  if (text !== undefined) writer.inline += text.replace(/\s+/g, ' ');
  if (!isElement(node) || position.depth > extractLimits.depthMax || (position.depth > 0 && isNoise(node))) return;
  const below = { ...position, depth: position.depth + 1 };
  const heading = /^h([1-6])$/.exec(node.name)?.[1];
  if (heading !== undefined) writeBlock(writer, `${'#'.repeat(Number(heading))} `, flatText(node));
  else if (node.name === 'li') writeItem(writer, node, below);
  else if (node.name === 'tr') writeRow(writer, node);
  else if (node.name === 'pre') writePreformatted(writer, node);
  else if (node.name === 'br') writer.inline += '\n';
  else if (blockTags.has(node.name) || node.name === 'table') {
    flush(writer);
    walkChildren(writer, node, below);
    flush(writer);
    if (node.name === 'table') writer.sink.add('');
  } else walkChildren(writer, node, below);
};

const walkChildren = (writer: Writer, element: HtmlElement, position: Position): void => {
  for (const child of element.children) walk(writer, child, position);
};

const flush = (writer: Writer, prefix = ''): void => {
  const paragraph = tidy(writer.inline);
  writer.inline = '';
  if (paragraph === '') return;
  writer.sink.add(prefix + paragraph);
  if (prefix === '') writer.sink.add('');
};

const writeBlock = (writer: Writer, prefix: string, words: string): void => {
  flush(writer);
  if (words !== '') writer.sink.add(`\n${prefix}${words}\n`);
};

/** An item's own words on one line; lists inside follow, one step further in. */
const writeItem = (writer: Writer, item: HtmlElement, position: Position): void => {
  const prefix = `${'  '.repeat(position.listDepth)}- `;
  const below = { ...position, listDepth: position.listDepth + 1 };
  flush(writer);
  let isFirst = true;
  const end = (): void => {
    if (tidy(writer.inline) === '') return;
    flush(writer, isFirst ? prefix : '  '.repeat(below.listDepth));
    isFirst = false;
  };
  for (const child of item.children) {
    if (isElement(child) && (child.name === 'ul' || child.name === 'ol')) {
      end();
      walkChildren(writer, child, { ...below, depth: below.depth + 1 });
    } else if (isElement(child) && child.name === 'p') {
      writer.inline += flatText(child);
      end();
    } else walk(writer, child, below);
  }
  end();
};

const writeRow = (writer: Writer, row: HtmlElement): void => {
  flush(writer);
  const cells = row.children.filter(isElement).filter((cell) => cell.name === 'td' || cell.name === 'th');
  const words = cells.map((cell) => (isNoise(cell) ? '' : flatText(cell)));
  if (words.some((cell) => cell !== '')) writer.sink.add(`| ${words.join(' | ')} |`);
};

const writePreformatted = (writer: Writer, element: HtmlElement): void => {
  flush(writer);
  const text = rawText(element, 0);
  if (text.trim() !== '') writer.sink.add(`${text}\n`);
};

/** All words below an element in one line. */
export const flatText = (element: HtmlElement): string => tidy(rawText(element, 0)).replace(/\n/g, ' ');

const rawText = (element: HtmlElement, depth: number): string =>
  element.children
    .map((child) => {
      const text = textOf(child);
      if (text !== undefined) return text;
      if (!isElement(child) || depth > extractLimits.depthMax || isNoise(child)) return '';
      if (child.name === 'br') return '\n';
      const gap = blockTags.has(child.name) || child.name === 'li' ? ' ' : '';
      return gap + rawText(child, depth + 1) + gap;
    })
    .join('');

const tidy = (text: string): string =>
  text
    .split('\n')
    .map((line) => line.replace(/\s+/g, ' ').trim())
    .filter((line) => line !== '')
    .join('\n');
