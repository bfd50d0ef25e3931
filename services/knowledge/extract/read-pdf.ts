import type { PDFDocumentProxy } from 'pdfjs-dist';
import { Failure } from '../../../shared/errors/failure.ts';
import { createTextSink, extractLimits, tooComplex } from './limits.ts';
import { countWords, normaliseLine } from './normalise-text.ts';
import { annotationTextsOf } from './pdf/annotation-texts.ts';
import { outlineHeadings, sizedHeadings, taggedHeadings, type HeadingDepth } from './pdf/headings.ts';
import { openPdf } from './pdf/open-pdf.ts';
import { linesOf, paragraphStarts, type PdfLine } from './pdf/page-lines.ts';
import { holdsPictures } from './pdf/pictures.ts';
import { withoutRunningLines } from './pdf/running-lines.ts';
import type { Reading } from './reading.ts';

/**
 * The text of a PDF with a line `<!-- page N -->` before each page, headings as `#`, and what its forms and free texts
 * say at the end of their page. Meant for a process that can be killed: a hostile file may take for ever. Throws
 * `document_encrypted`, `document_broken`, `document_needs_ocr` for pictures of text, `document_too_complex` over the limits.
 */
export const readPdf = async (bytes: Uint8Array): Promise<Reading> => {
  const pdf = await openPdf(bytes);
  try {
    const total = pdf.numPages;
    if (total > extractLimits.pagesMax) throw tooComplex(`The document has more than ${extractLimits.pagesMax} pages.`);
    const pages = await readPages(pdf);
    const words = pages.reduce((sum, page) => sum + countWords(plainTextOf(page)), 0);
    if (words < wordsOfTextPage * total && (await holdsPictures(pdf, bytes))) throw needsOcr(words);
    return { text: await textOfPages(pdf, pages), title: await titleOf(pdf), pages: total };
  } finally {
    await pdf.destroy().catch(() => undefined);
  }
};

// A scan has at most a stamp or a page number in letters.
const wordsOfTextPage = 3;

const needsOcr = (words: number): Failure =>
  new Failure('document_needs_ocr', {
    detail: `The pages are pictures${words === 0 ? '' : ' with hardly a word of text'}: run them through text recognition first.`,
  });

interface PdfPage {
  readonly number: number;
  readonly lines: readonly PdfLine[];
  readonly tagged: ReadonlyMap<string, number>;
  /** Texts that do not stand in the page's own flow. */
  readonly notes: readonly string[];
}

const plainTextOf = ({ lines, notes }: PdfPage): string => [...lines.map(({ text }) => text), ...notes].join('\n');

/** All pages or none: a document of which a part is missing would be taken for the whole. */
const readPages = async (pdf: PDFDocumentProxy): Promise<PdfPage[]> => {
  const pages: PdfPage[] = [];
  for (let number = 1; number <= pdf.numPages; number += 1) {
    try {
      pages.push(await readPage(pdf, number));
    } catch (thrown) {
      throw new Failure('document_broken', {
        detail: `The PDF is damaged: page ${number} of ${pdf.numPages} cannot be read.`,
        cause: thrown,
      });
    }
  }
  return pages;
};

const readPage = async (pdf: PDFDocumentProxy, number: number): Promise<PdfPage> => {
  const page = await pdf.getPage(number);
  const lines = await linesOf(page);
  const notes = await annotationTextsOf(page).catch(() => []);
  const tagged = await taggedHeadings(page);
  page.cleanup();
  return { number, lines, tagged, notes };
};

const textOfPages = async (pdf: PDFDocumentProxy, pages: readonly PdfPage[]): Promise<string> => {
  const sink = createTextSink();
  const all = pages.flatMap(({ lines }) => lines);
  const general = (await outlineHeadings(pdf, all)) ?? sizedHeadings(all);
  const isTagged = pages.some(({ tagged, lines }) => lines.some((line) => depthByTag(tagged, line) !== undefined));
  const starts = paragraphStarts(all);
  const flows = withoutRunningLines(pages.map(({ lines }) => lines));
  pages.forEach((page, at) => {
    sink.add(`\n<!-- page ${page.number} -->\n`);
    const depthOf: HeadingDepth | undefined = isTagged ? (line) => depthByTag(page.tagged, line) : general;
    const text = textOfLines(flows[at] ?? [], { depthOf, starts });
    if (text !== '') sink.add(text);
    for (const note of page.notes) sink.add(`\n${note}\n`);
  });
  return sink.text();
};

const depthByTag = (tagged: ReadonlyMap<string, number>, { marks }: PdfLine): number | undefined =>
  marks.map((mark) => tagged.get(mark)).find((depth) => depth !== undefined);

interface Layout {
  readonly depthOf: HeadingDepth | undefined;
  readonly starts: (line: PdfLine) => boolean;
}

const textOfLines = (lines: readonly PdfLine[], { depthOf, starts }: Layout): string => {
  const written: string[] = [];
  let headingDepth: number | undefined;
  for (const line of lines) {
    const depth = depthOf?.(line);
    const isContinued = depth !== undefined && depth === headingDepth && !starts(line);
    // A heading of two lines is one heading.
    if (isContinued) written.push(`${written.pop() ?? ''} ${normaliseLine(line.text)}`);
    else if (depth !== undefined) written.push(`\n${'#'.repeat(depth)} ${normaliseLine(line.text)}`);
    else written.push(headingDepth !== undefined || starts(line) ? `\n${line.text}` : line.text);
    headingDepth = depth;
  }
  return joinHyphens(written.join('\n'));
};

// "exam-" + "ple" is one word that the end of the line broke.
const joinHyphens = (text: string): string => text.replace(/(\p{Ll})[-\u2010\u00AD]\n(\p{Ll})/gu, '$1$2');

const titleOf = async (pdf: PDFDocumentProxy): Promise<string | null> => {
  const { info }: { readonly info: unknown } = await pdf.getMetadata().catch(() => ({ info: undefined }));
  if (typeof info !== 'object' || info === null || !('Title' in info) || typeof info.Title !== 'string') return null;
  const title = normaliseLine(info.Title).slice(0, 300);
  // Word processors put the file's name there.
  return title === '' || /^(?:untitled|microsoft word - )|\.\w{2,4}$/i.test(title) ? null : title;
};
