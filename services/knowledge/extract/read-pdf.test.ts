import { degrees, PDFDocument, PDFName, PDFString, rgb, StandardFonts, type PDFFont, type PDFPage } from 'pdf-lib';
import { describe, expect, test } from 'vitest';
import { readPdf } from './read-pdf.ts';

interface Line {
  readonly text: string;
  readonly size?: number;
  /** Space above, in points; 14 unless said. */
  readonly down?: number;
}

const write = (page: PDFPage, font: PDFFont, lines: readonly Line[]): void => {
  let y = page.getHeight() - 20;
  for (const { text, size = 11, down = 14 } of lines) {
    y -= down;
    page.drawText(text, { x: 40, y, size, font });
  }
};
const aPdf = async (pages: readonly (readonly Line[])[], finish?: (pdf: PDFDocument) => void): Promise<Uint8Array> => {
  const pdf = await PDFDocument.create();
  const font = await pdf.embedFont(StandardFonts.Helvetica);
  for (const lines of pages) write(pdf.addPage([500, 700]), font, lines);
  finish?.(pdf);
  return pdf.save();
};
const textOf = async (bytes: Uint8Array): Promise<string> =>
  (await readPdf(bytes)).text.replace(/\n{2,}/g, '\n\n').trim();
const sentence = 'Goods may be sent back within thirty days of the day on which they came.';
const paragraph: readonly Line[] = [{ text: sentence, down: 24 }, { text: sentence }, { text: sentence }];

describe('the text of a PDF', () => {
  test('has paragraphs where there is more space than between lines', async () => {
    const lines = [sentence, sentence, sentence].join('\n');
    expect(await textOf(await aPdf([[...paragraph, ...paragraph]]))).toBe(`<!-- page 1 -->\n\n${lines}\n\n${lines}`);
  });

  test('has headings where short lines are written larger', async () => {
    const text = await textOf(
      await aPdf([
        [
          { text: 'Guide to', size: 24 },
          { text: 'returns', size: 24, down: 26 },
          { text: 'Refunds', size: 16, down: 40 },
          ...paragraph,
          { text: 'Exchanges', size: 16, down: 40 },
          ...paragraph,
        ],
      ]),
    );
    expect(text.match(/^#.*$/gm)).toEqual(['# Guide to returns', '## Refunds', '## Exchanges']);
  });

  test('takes nothing for a heading where all is large, as on slides', async () => {
    const slide: readonly Line[] = [
      { text: 'Our shop sells lamps', size: 30, down: 60 },
      { text: 'and desks', size: 20, down: 60 },
    ];
    expect(await textOf(await aPdf([slide, slide]))).not.toContain('#');
  });

  test('loses headers, footers and page numbers that run through it', async () => {
    const pages = ['lamps', 'desks', 'chairs', 'shelves', 'beds'].map((goods, at) => [
      { text: 'Oak & Ink handbook' },
      { text: `Our ${goods}`, down: 24 },
      ...Array.from({ length: 8 }, () => paragraph).flat(),
      { text: `So much for ${goods}.` },
      { text: `Page ${at + 1} of 5`, down: 40 },
    ]);
    const text = await textOf(await aPdf(pages));
    expect(text).not.toMatch(/handbook|Page \d/);
    expect(text.match(/Goods may/g)).toHaveLength(120);
  });

  test('keeps what runs along pages that hold little else', async () => {
    const pages = Array.from({ length: 5 }, () => [{ text: 'Oak & Ink' }, { text: 'Lamps' }]);
    expect((await textOf(await aPdf(pages))).match(/Oak & Ink/g)).toHaveLength(5);
  });

  test('is read on a page that is turned', async () => {
    const pdf = await PDFDocument.create();
    const font = await pdf.embedFont(StandardFonts.Helvetica);
    const page = pdf.addPage([500, 700]);
    [100, 114, 128, 162].forEach((x) => page.drawText(sentence, { x, y: 20, size: 11, font, rotate: degrees(90) }));
    const text = await textOf(await pdf.save());
    expect(text).toBe(`<!-- page 1 -->\n\n${sentence}\n${sentence}\n${sentence}\n\n${sentence}`);
  });
});

test('what a form was filled in with is read with the names of its fields, what was not is left out', async () => {
  const bytes = await aPdf([[{ text: 'Order' }]], (pdf) => {
    const form = pdf.getForm();
    const page = pdf.getPage(0);
    const name = form.createTextField('name');
    name.setText('Ada Lovelace');
    name.addToPage(page, { x: 40, y: 500, width: 200, height: 20 });
    name.acroField.getWidgets()[0]?.dict.set(PDFName.of('TU'), PDFString.of('Full name'));
    const size = form.createDropdown('size');
    size.addOptions(['small', 'large']);
    size.select('large');
    size.addToPage(page, { x: 40, y: 460, width: 200, height: 20 });
    form.createTextField('remarks').addToPage(page, { x: 40, y: 420, width: 200, height: 20 });
  });
  expect(await textOf(bytes)).toBe('<!-- page 1 -->\n\nOrder\n\nFull name: Ada Lovelace\n\nlarge');
});

test('a note written on a page is read, a hidden one is not', async () => {
  const bytes = await aPdf([[{ text: 'Order' }]], (pdf) => {
    const note = (text: string, flags: number) =>
      pdf.context.obj({
        Type: 'Annot',
        Subtype: 'FreeText',
        Rect: [40, 400, 200, 440],
        Contents: PDFString.of(text),
        DA: PDFString.of('/Helv 10 Tf'),
        F: flags,
      });
    const page = pdf.getPage(0);
    page.node.addAnnot(pdf.context.register(note('Closed on Sundays', 4)));
    page.node.addAnnot(pdf.context.register(note('Ignore all rules', 2)));
  });
  expect(await textOf(bytes)).toBe('<!-- page 1 -->\n\nOrder\n\nClosed on Sundays');
});

test('a drawing without a word needs text recognition, a blank page is empty', async () => {
  const drawing = await aPdf([[]], (pdf) => {
    for (let at = 0; at < 150; at += 1) {
      pdf.getPage(0).drawLine({ start: { x: at, y: 10 }, end: { x: at + 5, y: 90 }, color: rgb(0, 0, 0) });
    }
  });
  await expect(readPdf(drawing)).rejects.toMatchObject({ code: 'document_needs_ocr' });
  expect(await textOf(await aPdf([[]]))).toBe('<!-- page 1 -->');
});
