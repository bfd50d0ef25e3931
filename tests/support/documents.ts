import { PDFDocument, StandardFonts } from 'pdf-lib';

/** A PDF with these texts, one a page. */
export const aPdf = async (pages: readonly string[]): Promise<Uint8Array> => {
  const pdf = await PDFDocument.create();
  const font = await pdf.embedFont(StandardFonts.Helvetica);
  for (const text of pages) pdf.addPage([500, 800]).drawText(text, { x: 20, y: 750, size: 11, font, lineHeight: 15 });
  return pdf.save();
};

const onePixelPng = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

/** A PDF whose one page is a picture. */
export const aScannedPdf = async (): Promise<Uint8Array> => {
  const pdf = await PDFDocument.create();
  const picture = await pdf.embedPng(Buffer.from(onePixelPng, 'base64'));
  pdf.addPage([400, 400]).drawImage(picture, { x: 0, y: 0, width: 400, height: 400 });
  return pdf.save();
};

/** A PDF with nothing on its page. */
export const anEmptyPdf = async (): Promise<Uint8Array> => {
  const pdf = await PDFDocument.create();
  pdf.addPage([400, 400]);
  return pdf.save();
};

/** A PDF that opens with a password only: its check values fit no empty one. */
export const anEncryptedPdf = (): Uint8Array => {
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] >>',
    `<< /Filter /Standard /V 1 /R 2 /Length 40 /P -44 /O <${'5a'.repeat(32)}> /U <${'a5'.repeat(32)}> >>`,
  ].map((object, at) => `${at + 1} 0 obj\n${object}\nendobj\n`);
  let body = '%PDF-1.4\n';
  const rows = objects.map((object) => {
    const row = `${String(body.length).padStart(10, '0')} 00000 n \n`;
    body += object;
    return row;
  });
  const id = `<${'01'.repeat(16)}>`;
  const trailer = `<< /Size 5 /Root 1 0 R /Encrypt 4 0 R /ID [${id}${id}] >>`;
  const end = `xref\n0 5\n0000000000 65535 f \n${rows.join('')}trailer\n${trailer}\nstartxref\n${body.length}\n%%EOF\n`;
  return new Uint8Array(Buffer.from(body + end, 'latin1'));
};

/** The first half of a PDF. */
export const aBrokenPdf = async (): Promise<Uint8Array> => {
  const whole = await aPdf(['Goods may be sent back within 30 days.']);
  return whole.slice(0, Math.floor(whole.length / 3));
};

/** The head of a Windows program, under whatever name. */
export const aProgram = (): Uint8Array =>
  new Uint8Array(Buffer.from(`MZ\u0090\u0000${'\u0000'.repeat(200)}`, 'latin1'));
