import type { PDFDocumentProxy, PDFPageProxy } from 'pdfjs-dist';

/** True when the pages show pictures or drawings, which may be pictures of text. Meant for documents without words. */
export const holdsPictures = async (pdf: PDFDocumentProxy, bytes: Uint8Array): Promise<boolean> => {
  if (/\/Subtype\s*\/Image\b/.test(Buffer.from(bytes).toString('latin1'))) return true;
  for (let number = 1; number <= Math.min(pdf.numPages, pagesLookedAt); number += 1) {
    if (await drawsSomething(await pdf.getPage(number)).catch(() => false)) return true;
  }
  return false;
};

const pagesLookedAt = 3;
// A frame or a rule is a few paths; letters drawn as outlines are hundreds.
const pathsOfDrawing = 100;

const drawsSomething = async (page: PDFPageProxy): Promise<boolean> => {
  const { OPS } = await import('pdfjs-dist/legacy/build/pdf.mjs');
  const { fnArray } = await page.getOperatorList();
  const pictures: ReadonlySet<number> = new Set([
    OPS.paintImageXObject,
    OPS.paintInlineImageXObject,
    OPS.paintImageMaskXObject,
  ]);
  const paths = fnArray.filter((operation) => operation === OPS.constructPath).length;
  return paths >= pathsOfDrawing || fnArray.some((operation) => pictures.has(operation));
};
