import type { PDFPageProxy } from 'pdfjs-dist';

/** A line of a page as it is read. */
export interface PdfLine {
  readonly text: string;
  /** Height of its letters, in points. */
  readonly size: number;
  /** How far it stands below the line before it, in heights of its letters; undefined when it does not. */
  readonly below: number | undefined;
  /** Marks of the page's structure that the line's parts belong to. */
  readonly marks: readonly string[];
}

interface Run {
  readonly str: string;
  /** Where it begins along its own line, whichever way the page is turned. */
  readonly along: number;
  /** How high it stands across that line. */
  readonly up: number;
  readonly width: number;
  readonly size: number;
  readonly mark: string | undefined;
}

/** The lines of a page in the order in which its program writes them, which is the order they are read in nearly always. */
export const linesOf = async (page: PDFPageProxy): Promise<PdfLine[]> => {
  const { items } = await page.getTextContent({ includeMarkedContent: true });
  const lines: PdfLine[] = [];
  const marks: (string | undefined)[] = [];
  let runs: Run[] = [];
  let before: Run | undefined;
  const close = (): void => {
    const text = textOf(runs).trim();
    const main = runs.toSorted((a, b) => b.str.trim().length - a.str.trim().length)[0];
    if (text !== '' && main !== undefined) {
      const named = new Set(runs.flatMap(({ mark }) => (mark === undefined ? [] : [mark])));
      lines.push({ text, size: main.size, below: distanceOf(before, main), marks: [...named] });
      before = main;
    }
    runs = [];
  };
  for (const item of items) {
    if (!('str' in item)) {
      if (item.type === 'endMarkedContent') marks.pop();
      else marks.push('id' in item ? item.id : undefined);
      continue;
    }
    const run = runOf(
      item,
      marks.findLast((mark) => mark !== undefined),
    );
    if (run.str !== '') runs.push(run);
    if (item.hasEOL) close();
  }
  close();
  return lines;
};

interface TextItem {
  readonly str: string;
  readonly transform: readonly unknown[];
  readonly width: number;
}

const runOf = ({ str, transform, width }: TextItem, mark: string | undefined): Run => {
  const [a = 1, b = 0, c = 0, d = 1, x = 0, y = 0] = transform.map(Number);
  const size = Math.hypot(c, d);
  const [right, above] = [Math.hypot(a, b) || 1, size || 1];
  return { str, along: (x * a + y * b) / right, up: (x * c + y * d) / above, width, size, mark };
};

/** Runs of a line with a space where a gap was left that is wider than letters stand apart. */
const textOf = (runs: readonly Run[]): string => {
  let text = '';
  let end: number | undefined;
  for (const run of runs) {
    const gap = end === undefined ? 0 : run.along - end;
    if (gap > run.size * gapShare && !/\s$/u.test(text) && !/^\s/u.test(run.str)) text += ' ';
    text += run.str;
    end = run.along + run.width;
  }
  return text;
};

const gapShare = 0.3;

/** A line above the one before it stands in another column. */
const distanceOf = (before: Run | undefined, line: Run): number | undefined => {
  if (before === undefined) return undefined;
  const down = before.up - line.up;
  return down > 0 ? down / Math.max(before.size, line.size, 1) : undefined;
};

const widerThanUsual = 1.25;

/** Tells which lines have more space above them than the lines of a paragraph in this document. */
export const paragraphStarts = (lines: readonly PdfLine[]): ((line: PdfLine) => boolean) => {
  const distances = lines.flatMap(({ below }) => (below === undefined ? [] : [below])).sort((a, b) => a - b);
  // Most lines of a text follow another of their paragraph: two fifths are enough where paragraphs are short.
  const usual = distances[Math.floor(distances.length * 0.4)] ?? 0;
  return ({ below }) => below !== undefined && below > usual * widerThanUsual;
};
