import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseBlocks } from './parse-blocks.ts';
import { parseInline } from './parse-inline.ts';
import { safeAddress } from './safe-address.ts';
import type { Block, Inline } from './tree.ts';

const textIn = (inlines: readonly Inline[]): string =>
  inlines
    .map((inline) => {
      if ('text' in inline) return inline.text;
      if ('children' in inline) return textIn(inline.children);
      return inline.kind === 'citation' ? `[${inline.index.toString()}]` : '\n';
    })
    .join('');

const linksIn = (value: unknown): string[] => {
  if (Array.isArray(value)) return value.flatMap(linksIn);
  if (typeof value !== 'object' || value === null) return [];
  return [...('href' in value ? [String(value.href)] : []), ...Object.values(value).flatMap(linksIn)];
};

const only = (source: string): Block => {
  const blocks = parseBlocks(source);
  expect(blocks).toHaveLength(1);
  return blocks[0]!;
};

describe('inline markdown', () => {
  it('reads bold, italic, struck and code', () => {
    expect(parseInline('**a** *b* _c_ ~~d~~ `e*f*`').map(({ kind }) => kind)).toEqual([
      'strong',
      'text',
      'emphasis',
      'text',
      'emphasis',
      'text',
      'deleted',
      'text',
      'code',
    ]);
  });

  it('leaves snake_case, 2 * 3 * 4 and a lone star as they are', () => {
    for (const text of ['snake_case_name', '2 * 3 * 4', 'a*', '**open', 'see __init__.py?']) {
      expect(textIn(parseInline(text)).replaceAll('_', '')).toBe(text.replaceAll('_', ''));
    }
    expect(parseInline('snake_case_name')).toEqual([{ kind: 'text', text: 'snake_case_name' }]);
  });

  it('makes [1] the mark of a source and joins it to the word before', () => {
    expect(parseInline('Free over £60 [1].')).toEqual([
      { kind: 'text', text: 'Free over £60' },
      { kind: 'citation', index: 1 },
      { kind: 'text', text: '.' },
    ]);
  });

  it('does not take a year in brackets or a link named 1 for a source', () => {
    expect(parseInline('[2024]')).toEqual([{ kind: 'text', text: '[2024]' }]);
    expect(parseInline('[1](https://a.example/)')[0]).toMatchObject({ kind: 'link', href: 'https://a.example/' });
  });

  it('links https and mailto, and nothing else', () => {
    expect(linksIn(parseInline('[a](https://a.example/x?y=1#z) <mailto:b@c.example> https://d.example/e.'))).toEqual([
      'https://a.example/x?y=1#z',
      'mailto:b@c.example',
      'https://d.example/e',
    ]);
    for (const address of [
      'javascript:alert(1)',
      'JaVaScRiPt:alert(1)',
      ' java\nscript:alert(1)',
      'data:text/html,x',
      'vbscript:x',
      'http://plain.example',
      'file:///etc/passwd',
      'blob:null/1',
      '//evil.example',
      '/relative',
    ]) {
      expect(linksIn(parseInline(`[click](${address}) <${address}> ${address}`))).toEqual([]);
    }
  });

  it('turns an image into a link to it, so that nothing is fetched by reading', () => {
    expect(parseInline('![pixel](https://evil.example/p.png?q=secret)')).toEqual([
      { kind: 'link', href: 'https://evil.example/p.png?q=secret', children: [{ kind: 'text', text: 'pixel' }] },
    ]);
  });

  it('keeps HTML as text', () => {
    const html = '<img src=x onerror=alert(1)> <script>alert(1)</script>';
    expect(parseInline(html)).toEqual([{ kind: 'text', text: html }]);
  });
});

describe('markdown blocks', () => {
  it('reads paragraphs with their line breaks', () => {
    expect(parseBlocks('one\ntwo\n\nthree').map(({ kind }) => kind)).toEqual(['paragraph', 'paragraph']);
  });

  it('reads a list in a list, and an ordered list that begins at 3', () => {
    const list = only('3. one\n4. two\n   - inner\n   - other\n5. three');
    expect(list).toMatchObject({ kind: 'list', start: 3 });
    expect(list.kind === 'list' && list.items.map((item) => item.map(({ kind }) => kind))).toEqual([
      ['paragraph'],
      ['paragraph', 'list'],
      ['paragraph'],
    ]);
  });

  it('reads a table and gives every row as many cells as its head', () => {
    const table = only('| a | b |\n|---|:-:|\n| 1 |\n| 2 | 3 | 4 |');
    expect(table.kind === 'table' && table.rows.map((row) => row.length)).toEqual([2, 2]);
  });

  it('shows a fence that is still open, with nothing in it read as markdown', () => {
    expect(only('```js\nconst a = "**b**";\n# no')).toEqual({ kind: 'code', text: 'const a = "**b**";\n# no' });
  });

  it('reads headings, quotes and rules', () => {
    expect(parseBlocks('# Title\n\n> said\n\n---').map(({ kind }) => kind)).toEqual(['heading', 'quote', 'rule']);
  });

  it('never throws, never makes an unsafe link, and ends quickly, whatever the text', () => {
    const piece = fc.constantFrom(
      ...[
        '**',
        '*',
        '_',
        '`',
        '```',
        '[',
        '](',
        ')',
        '![',
        '<',
        '>',
        '|',
        '\n',
        '\n\n',
        '- ',
        '1. ',
        '  ',
        '# ',
        '---',
      ],
      ...[
        'javascript:alert(1)',
        'data:text/html,x',
        'https://a.example',
        '<script>',
        '[1]',
        'word',
        '\\',
        '&lt;',
        '\u0000',
      ],
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 200 }), (pieces) => {
        for (const link of linksIn(parseBlocks(pieces.join('')))) expect(safeAddress(link)).toBe(link);
      }),
      { numRuns: 2000 },
    );
  });

  it('takes a text made to be slow in less than a second', () => {
    for (const opener of ['[', '**a', '`', '<https://', '![', '> ', '- ', '|']) {
      const begun = performance.now();
      parseBlocks(opener.repeat(20_000 / opener.length));
      expect(performance.now() - begun).toBeLessThan(1000);
    }
  });
});
