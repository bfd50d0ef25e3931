import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { Failure } from '../../../shared/errors/failure.ts';
import { createTextSink, extractLimits, tooComplex } from './limits.ts';
import { normaliseLine, countWords } from './normalise-text.ts';
import type { Reading } from './reading.ts';

/**
 * The text of a PDF with a line `<!-- page N -->` before each page and, where the outline names them, headings as `#`.
 * Meant for a worker that can be killed: a hostile file may take for ever. Throws `document_encrypted`,
 * `document_broken`, `document_needs_ocr` for pictures of text, `document_too_complex` over the limits.
 */
export const readPdf = async (bytes: Uint8Array): Promise<Reading> => {
  // Loaded when first needed: it is the one heavy library here.
  const { PDFParse } = await import('pdf-parse');
  const hasPictures =
    Buffer.from(bytes)
      .toString('latin1')
      .search(/\/Subtype\s*\/Image\b/) !== -1;
  const parser = new PDFParse({
    data: new Uint8Array(bytes),
    ...resources(),
    isEvalSupported: false,
    stopAtErrors: false,
  });
  try {
    const overview = await parser.getInfo();
    const { total, outline } = overview;
    const info: unknown = overview.info;
    if (total > extractLimits.pagesMax) throw tooComplex(`The document has more than ${extractLimits.pagesMax} pages.`);
    // A joiner would put words of its own on pages that have none.
    const { pages } = await parser.getText({ pageJoiner: '', cellSeparator: ' ' });
    const words = pages.reduce((sum, page) => sum + countWords(page.text), 0);
    if (hasPictures && words < wordsOfTextPage * pages.length) throw needsOcr(words);
    return { text: pagesAsText(pages, headingsOf(outline)), title: titleOf(info), pages: total };
  } catch (thrown) {
    throw failureOf(thrown);
  } finally {
    await parser.destroy().catch(() => undefined);
  }
};

// A scan has at most a stamp or a page number in letters.
const wordsOfTextPage = 3;

const needsOcr = (words: number): Failure =>
  new Failure('document_needs_ocr', {
    detail: `The pages are pictures${words === 0 ? '' : ' with hardly a word of text'}: run them through text recognition first.`,
  });

interface ReaderFiles {
  readonly cMapUrl: string;
  readonly cMapPacked: true;
  readonly standardFontDataUrl: string;
}

/** Character maps and font widths that come with the reader; without the maps Chinese and Japanese files read empty. */
const resources = (): ReaderFiles => {
  const parserPath = createRequire(import.meta.url).resolve('pdf-parse');
  const root = path.dirname(createRequire(pathToFileURL(parserPath)).resolve('pdfjs-dist/package.json'));
  return {
    cMapUrl: path.join(root, 'cmaps') + path.sep,
    cMapPacked: true,
    standardFontDataUrl: path.join(root, 'standard_fonts') + path.sep,
  };
};

const pagesAsText = (
  pages: readonly { readonly num: number; readonly text: string }[],
  headings: ReadonlyMap<string, number>,
): string => {
  const sink = createTextSink();
  for (const page of pages) {
    sink.add(`\n<!-- page ${page.num} -->\n`);
    for (const line of joinHyphens(page.text).split('\n')) sink.add(asHeading(line, headings));
  }
  return sink.text();
};

// "exam-" + "ple" is one word that the end of the line broke.
const joinHyphens = (text: string): string => text.replace(/(\p{Ll})[-\u2010]\n(\p{Ll})/gu, '$1$2');

const asHeading = (line: string, headings: ReadonlyMap<string, number>): string => {
  const depth = headings.size === 0 ? undefined : headings.get(headingKey(line));
  return depth === undefined ? line : `\n${'#'.repeat(depth)} ${normaliseLine(line)}\n`;
};

const headingsMax = 2000;
const headingDepthMax = 6;

/** The titles of the outline and how deep they lie, to find them again among the lines. */
const headingsOf = (outline: unknown): ReadonlyMap<string, number> => {
  const headings = new Map<string, number>();
  const queue: { readonly items: unknown; readonly depth: number }[] = [{ items: outline, depth: 1 }];
  for (const { items, depth } of queue) {
    if (!Array.isArray(items) || depth > headingDepthMax) continue;
    for (const item of items) {
      if (headings.size >= headingsMax || !isOutlineItem(item)) continue;
      const key = headingKey(item.title);
      if (key !== '' && !headings.has(key)) headings.set(key, depth);
      queue.push({ items: item.items, depth: depth + 1 });
    }
  }
  return headings;
};

const isOutlineItem = (item: unknown): item is { readonly title: string; readonly items: unknown } =>
  typeof item === 'object' && item !== null && 'title' in item && typeof item.title === 'string' && 'items' in item;

// The page shows "2.1 Returns" where the outline says "Returns".
const headingKey = (line: string): string =>
  line.length > 200
    ? ''
    : normaliseLine(line)
        .replace(/^[\d.]+\s+/, '')
        .toLowerCase();

const titleOf = (info: unknown): string | null => {
  if (typeof info !== 'object' || info === null || !('Title' in info) || typeof info.Title !== 'string') return null;
  const title = normaliseLine(info.Title).slice(0, 300);
  // Word processors put the file's name there.
  return title === '' || /^(?:untitled|microsoft word - )|\.\w{2,4}$/i.test(title) ? null : title;
};

const failureOf = (thrown: unknown): Failure => {
  if (thrown instanceof Failure) return thrown;
  const name = thrown instanceof Error ? thrown.name : '';
  if (name === 'PasswordException') {
    return new Failure('document_encrypted', {
      detail: 'The PDF asks for a password: store it without one.',
      cause: thrown,
    });
  }
  return new Failure('document_broken', { detail: 'The PDF is damaged and cannot be opened.', cause: thrown });
};
