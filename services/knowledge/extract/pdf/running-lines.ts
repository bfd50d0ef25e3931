import type { PdfLine } from './page-lines.ts';

const pagesMin = 4;
const edgeLines = 2;
const shareOfPages = 0.6;
const shareOfWordsMax = 0.05;

/**
 * Pages without the lines that run along their edges: headers, footers and page numbers, which would come to stand in
 * the middle of a sentence. They are told by being the same on most pages but for their numbers, and are kept when they
 * are more than a twentieth of all words: then the pages hold little besides.
 */
export const withoutRunningLines = (pages: readonly (readonly PdfLine[])[]): readonly (readonly PdfLine[])[] => {
  if (pages.length < pagesMin) return pages;
  const counts = new Map<string, number>();
  for (const lines of pages) {
    for (const key of new Set(edgesOf(lines).map(keyOf))) counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const isRunning = (line: PdfLine): boolean => (counts.get(keyOf(line)) ?? 0) >= pages.length * shareOfPages;
  const running = pages.map((lines) => new Set(edgesOf(lines).filter(isRunning)));
  const words = (some: Iterable<PdfLine>): number =>
    [...some].reduce((sum, { text }) => sum + text.split(/\s+/).length, 0);
  const removed = running.reduce((sum, lines) => sum + words(lines), 0);
  const all = pages.reduce((sum, lines) => sum + words(lines), 0);
  if (removed > all * shareOfWordsMax) return pages;
  return pages.map((lines, at) => lines.filter((line) => running[at]?.has(line) !== true));
};

const edgesOf = (lines: readonly PdfLine[]): PdfLine[] =>
  lines.filter((_, at) => at < edgeLines || at >= lines.length - edgeLines);

const keyOf = ({ text }: PdfLine): string => text.replace(/\d+|\b[ivxl]+\b/giu, '#').toLowerCase();
