import type { PDFDocumentProxy, PDFPageProxy } from 'pdfjs-dist';
import { normaliseLine } from '../normalise-text.ts';
import type { PdfLine } from './page-lines.ts';

/** How deep a line lies as a heading, from 1; undefined for a line that is none. */
export type HeadingDepth = (line: PdfLine) => number | undefined;

const headingsMax = 2000;
// An outline whose titles stand nowhere in the text names chapters or files of its own.
const headingsMin = 2;
const headingDepthMax = 6;

/** Headings by the outline: the lines that say what one of its titles says. Undefined when hardly any does. */
export const outlineHeadings = async (
  pdf: PDFDocumentProxy,
  lines: readonly PdfLine[],
): Promise<HeadingDepth | undefined> => {
  const outline: unknown = await pdf.getOutline().catch(() => undefined);
  const depths = new Map<string, number>();
  const queue: { readonly items: unknown; readonly depth: number }[] = [{ items: outline, depth: 1 }];
  for (const { items, depth } of queue) {
    if (!Array.isArray(items) || depth > headingDepthMax) continue;
    for (const item of items) {
      if (depths.size >= headingsMax || !isOutlineItem(item)) continue;
      const key = headingKey(item.title);
      if (key !== '' && !depths.has(key)) depths.set(key, depth);
      queue.push({ items: item.items, depth: depth + 1 });
    }
  }
  const depthOf: HeadingDepth = ({ text }) => depths.get(headingKey(text));
  const found = lines.filter((line) => depthOf(line) !== undefined).length;
  return found < headingsMin ? undefined : depthOf;
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

/** The marks of a page whose text its author's program has called a heading, with their depth. */
export const taggedHeadings = async (page: PDFPageProxy): Promise<ReadonlyMap<string, number>> => {
  const marks = new Map<string, number>();
  const tree: unknown = await page.getStructTree().catch(() => undefined);
  const queue: { readonly node: unknown; readonly depth: number | undefined }[] = [{ node: tree, depth: undefined }];
  for (const { node, depth } of queue) {
    if (typeof node !== 'object' || node === null || queue.length > nodesMax) continue;
    const own = 'role' in node && typeof node.role === 'string' ? depthOfRole(node.role) : undefined;
    const inherited = own ?? depth;
    if ('id' in node && typeof node.id === 'string' && inherited !== undefined) marks.set(node.id, inherited);
    if ('children' in node && Array.isArray(node.children)) {
      for (const child of node.children) queue.push({ node: child, depth: inherited });
    }
  }
  return marks;
};

const nodesMax = 20_000;

const depthOfRole = (role: string): number | undefined => {
  if (role === 'Title' || role === 'H') return 1;
  const depth = /^H([1-6])$/.exec(role)?.[1];
  return depth === undefined ? undefined : Number(depth);
};

const largerThanBody = 1.15;
const sizesMax = 4;

/**
 * Headings by the size of their letters: larger than what most of the document is written in, short, and not most of
 * what there is, as on slides.
 */
export const sizedHeadings = (lines: readonly PdfLine[]): HeadingDepth | undefined => {
  const body = bodySizeOf(lines);
  const large = lines.filter((line) => roundedSize(line) >= body * largerThanBody && looksLikeHeading(line.text));
  const chars = (some: readonly PdfLine[]): number => some.reduce((sum, { text }) => sum + text.length, 0);
  if (large.length === 0 || chars(large) * 4 > chars(lines)) return undefined;
  const sizes = [...new Set(large.map(roundedSize))].sort((a, b) => b - a);
  // Many sizes are decoration: the smaller ones share the last depth.
  return (line) =>
    roundedSize(line) >= body * largerThanBody && looksLikeHeading(line.text)
      ? Math.min(sizes.indexOf(roundedSize(line)) + 1, sizesMax)
      : undefined;
};

const looksLikeHeading = (text: string): boolean =>
  text.length <= 160 && /\p{L}{2}/u.test(text) && !/[.,;]$/u.test(text) && text.split(/\s+/).length <= 20;

const roundedSize = ({ size }: PdfLine): number => Math.round(size * 2) / 2;

const bodySizeOf = (lines: readonly PdfLine[]): number => {
  const charsBySize = new Map<number, number>();
  for (const line of lines) {
    charsBySize.set(roundedSize(line), (charsBySize.get(roundedSize(line)) ?? 0) + line.text.length);
  }
  return [...charsBySize].sort(([, a], [, b]) => b - a)[0]?.[0] ?? 0;
};
