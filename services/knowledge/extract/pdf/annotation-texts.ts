import type { PDFPageProxy } from 'pdfjs-dist';
import { z } from 'zod';

const annotation = z.object({
  subtype: z.string().nullish(),
  fieldType: z.string().nullish(),
  fieldValue: z.unknown().optional(),
  alternativeText: z.string().nullish(),
  contentsObj: z.object({ str: z.string() }).nullish(),
  textContent: z.array(z.string()).nullish(),
  annotationFlags: z.number().nullish(),
});
type Annotation = z.infer<typeof annotation>;

const annotationsMax = 5_000;

/** What was written into the page's form fields, with their names, and its free texts: no part of the page's own text. */
export const annotationTextsOf = async (page: PDFPageProxy): Promise<string[]> => {
  const found: unknown = await page.getAnnotations({ intent: 'display' });
  if (!Array.isArray(found)) return [];
  return found.slice(0, annotationsMax).flatMap((each) => {
    const parsed = annotation.safeParse(each);
    if (!parsed.success || isHidden(parsed.data)) return [];
    const text = textOf(parsed.data).replace(/\r\n?/g, '\n').trim();
    return text === '' ? [] : [text];
  });
};

// Bits of PDF 32000, table 165: hidden, and not to be viewed.
const hiddenFlags = 2 | 32;

const isHidden = ({ annotationFlags }: Annotation): boolean => ((annotationFlags ?? 0) & hiddenFlags) !== 0;

const textOf = (found: Annotation): string => {
  if (found.subtype === 'FreeText') return found.textContent?.join('\n') ?? found.contentsObj?.str ?? '';
  if (found.subtype !== 'Widget') return '';
  const value = valueOf(found);
  const name = found.alternativeText?.trim() ?? '';
  return value === '' || name === '' || value.includes('\n') ? value : `${name}: ${value}`;
};

/** Ticks and signatures hold no words. */
const valueOf = ({ fieldType, fieldValue, textContent }: Annotation): string => {
  const shown = textContent?.join('\n').trim() ?? '';
  if (fieldType !== 'Tx' && fieldType !== 'Ch') return shown;
  if (typeof fieldValue === 'string' && fieldValue !== '') return fieldValue;
  const chosen: readonly unknown[] = Array.isArray(fieldValue) ? fieldValue : [];
  return chosen.filter((value) => typeof value === 'string').join(', ') || shown;
};
