import type { Block, Cell, Inline } from './tree.ts';

/** Makes the button for `[n]`. */
export type CitationMark = (index: number) => Node;
/** Called with the text of a code block; gives what stands in its corner. */
export type CodeCorner = (text: string) => Node;

export interface RenderOptions {
  readonly citationMark: CitationMark;
  readonly codeCorner: CodeCorner;
}

/**
 * DOM nodes of a block, made of elements named here, text nodes and checked addresses: nothing in a text can become
 * anything else. Each block takes the direction of its own first letter.
 */
export const renderBlock = (block: Block, options: RenderOptions): HTMLElement => {
  const made = makeBlock(block, options);
  made.dir = 'auto';
  return made;
};

const makeBlock = (block: Block, options: RenderOptions): HTMLElement => {
  switch (block.kind) {
    case 'paragraph':
      return withInline('p', block.children, options);
    case 'heading': {
      // Not a heading element: the page's outline belongs to the page.
      const title = withInline('p', block.children, options);
      title.className = 'heading';
      return title;
    }
    case 'code': {
      const frame = document.createElement('div');
      frame.className = 'code';
      const pre = document.createElement('pre');
      pre.tabIndex = 0;
      pre.dir = 'ltr';
      const code = document.createElement('code');
      code.textContent = block.text;
      pre.append(code);
      frame.append(pre, options.codeCorner(block.text));
      return frame;
    }
    case 'quote':
      return withBlocks('blockquote', block.children, options);
    case 'list': {
      const list = document.createElement(block.start === undefined ? 'ul' : 'ol');
      if (list instanceof HTMLOListElement && block.start !== undefined) list.start = block.start;
      list.append(...block.items.map((item) => renderItem(item, options)));
      return list;
    }
    case 'table':
      return renderTable(block.head, block.rows, options);
    case 'rule':
      return document.createElement('hr');
  }
};

/** A tight item is its text itself, without a paragraph around it. */
const renderItem = (blocks: readonly Block[], options: RenderOptions): HTMLElement => {
  const [first, ...rest] = blocks;
  const made =
    first?.kind === 'paragraph' ? withInline('li', first.children, options) : withBlocks('li', blocks, options);
  if (first?.kind === 'paragraph') made.append(...rest.map((block) => renderBlock(block, options)));
  made.dir = 'auto';
  return made;
};

const renderTable = (
  head: readonly Cell[],
  rows: readonly (readonly Cell[])[],
  options: RenderOptions,
): HTMLElement => {
  const row = (cells: readonly Cell[], tag: 'th' | 'td'): HTMLElement => {
    const line = document.createElement('tr');
    line.append(...cells.map((cell) => withInline(tag, cell, options)));
    return line;
  };
  const table = document.createElement('table');
  const top = document.createElement('thead');
  top.append(row(head, 'th'));
  const body = document.createElement('tbody');
  body.append(...rows.map((cells) => row(cells, 'td')));
  table.append(top, body);
  const frame = document.createElement('div');
  frame.className = 'table';
  frame.tabIndex = 0; // it scrolls sideways, so the keyboard must reach it
  frame.append(table);
  return frame;
};

const withBlocks = (tag: string, blocks: readonly Block[], options: RenderOptions): HTMLElement => {
  const made = document.createElement(tag);
  made.append(...blocks.map((block) => renderBlock(block, options)));
  return made;
};

const withInline = (tag: string, children: readonly Inline[], options: RenderOptions): HTMLElement => {
  const made = document.createElement(tag);
  made.append(...children.map((child) => renderInline(child, options)));
  return made;
};

const inlineTags = { strong: 'strong', emphasis: 'em', deleted: 'del' } as const;

const renderInline = (inline: Inline, options: RenderOptions): Node => {
  switch (inline.kind) {
    case 'text':
      return document.createTextNode(inline.text);
    case 'break':
      return document.createElement('br');
    case 'code': {
      const code = document.createElement('code');
      code.textContent = inline.text;
      return code;
    }
    case 'citation':
      return options.citationMark(inline.index);
    case 'link':
      return renderLink(inline.href, inline.children, options);
    case 'strong':
    case 'emphasis':
    case 'deleted':
      return withInline(inlineTags[inline.kind], inline.children, options);
  }
};

const renderLink = (href: string, children: readonly Inline[], options: RenderOptions): HTMLElement => {
  const link = document.createElement('a');
  link.href = href;
  link.target = '_blank';
  link.rel = 'noopener noreferrer nofollow ugc';
  link.title = href;
  link.append(...children.map((child) => renderInline(child, options)));
  return link;
};
