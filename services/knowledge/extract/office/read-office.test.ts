import { crc32, deflateRawSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { extractDocument } from '../extract-document.ts';

type Files = Readonly<Record<string, string>>;

/** An archive as zip programs write it; `claimed` lies about what its files unpack to. */
const aZip = (files: Files, { claimed }: { readonly claimed?: number } = {}): Uint8Array => {
  const locals: Buffer[] = [];
  const centrals: Buffer[] = [];
  let offset = 0;
  for (const [name, content] of Object.entries(files)) {
    const packed = deflateRawSync(content);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(8, 4);
    common.writeUInt32LE(crc32(content), 10);
    common.writeUInt32LE(packed.length, 14);
    common.writeUInt32LE(claimed ?? Buffer.byteLength(content), 18);
    common.writeUInt16LE(name.length, 22);
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), common, Buffer.from(name), packed]);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(offset, 10);
    centrals.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\0'), common, rest, Buffer.from(name)]));
    locals.push(local);
    offset += local.length;
  }
  const central = Buffer.concat(centrals);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(centrals.length, 4);
  end.writeUInt16LE(centrals.length, 6);
  end.writeUInt32LE(central.length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...locals, central, Buffer.from('PK\x05\x06'), end]);
};

const types = '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>';
const relations = (target: string, type: string): string =>
  `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Target="${target}" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/${type}"/></Relationships>`;
const word = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"';
const aDocx = (body: string): Files => ({
  '[Content_Types].xml': types,
  '_rels/.rels': relations('word/document.xml', 'officeDocument'),
  'word/_rels/document.xml.rels': relations('styles.xml', 'styles'),
  'word/styles.xml': `<w:styles ${word}><w:style w:type="paragraph" w:styleId="H2"><w:name w:val="heading 2"/></w:style></w:styles>`,
  'word/document.xml': `<w:document ${word}><w:body>${body}</w:body></w:document>`,
});
const text = (words: string): string => `<w:r><w:t>${words}</w:t></w:r>`;
const cell = (words: string): string => `<w:tc><w:p>${text(words)}</w:p></w:tc>`;

const sheet = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"';
const anXlsx = (rows: readonly (readonly (string | number)[])[]): Files => ({
  '[Content_Types].xml': types,
  '_rels/.rels': relations('xl/workbook.xml', 'officeDocument'),
  'xl/_rels/workbook.xml.rels': relations('worksheets/sheet1.xml', 'worksheet'),
  'xl/workbook.xml': `<workbook ${sheet} xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="Prices" sheetId="1" r:id="r1"/></sheets></workbook>`,
  'xl/worksheets/sheet1.xml': `<worksheet ${sheet}><sheetData>${rows
    .map((row, at) => `<row r="${at + 1}">${row.map((value, column) => xlsxCell(value, at, column)).join('')}</row>`)
    .join('')}</sheetData></worksheet>`,
});
const xlsxCell = (value: string | number, row: number, column: number): string => {
  const place = `${'ABCD'.charAt(column)}${row + 1}`;
  return typeof value === 'number'
    ? `<c r="${place}"><v>${value}</v></c>`
    : `<c r="${place}" t="inlineStr"><is><t>${value}</t></is></c>`;
};

const extract = (bytes: Uint8Array, filename = 'a.bin') => extractDocument({ bytes, filename, kind: 'file' });

describe('a Word document', () => {
  test('is read with its headings and tables, whatever it is called', async () => {
    const body = `<w:p><w:pPr><w:pStyle w:val="H2"/></w:pPr>${text('Returns')}</w:p><w:p>${text('Within 30 days.')}</w:p>
      <w:tbl><w:tr>${cell('Goods')}${cell('Days')}</w:tr><w:tr>${cell('Lamps')}${cell('60')}</w:tr></w:tbl>`;
    const document = await extract(aZip(aDocx(body)), 'notes.txt');
    expect(document).toMatchObject({ type: 'docx', title: 'Returns', pages: null });
    expect(document.text).toBe('## Returns\n\nWithin 30 days.\n\n| Goods | Days |\n| Lamps | 60 |');
  });

  test('without words is empty, a damaged one broken', async () => {
    await expect(extract(aZip(aDocx('<w:p/>')))).rejects.toMatchObject({ code: 'document_empty' });
    await expect(extract(aZip({ 'word/document.xml': 'no xml' }))).rejects.toMatchObject({ code: 'document_broken' });
    const cut = aZip(aDocx(`<w:p>${text('Hello')}</w:p>`)).subarray(0, 700);
    await expect(extract(cut)).rejects.toMatchObject({ code: 'unsupported_file_type' });
    await expect(extract(Buffer.from('just words'), 'a.docx')).rejects.toMatchObject({ code: 'document_broken' });
  });

  test('with a password is told as such', async () => {
    const bytes = Buffer.concat([
      Buffer.from('\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1', 'latin1'),
      Buffer.alloc(600),
      Buffer.from('EncryptedPackage', 'utf16le'),
    ]);
    await expect(extract(bytes, 'a.docx')).rejects.toMatchObject({ code: 'document_encrypted' });
  });
});

test('a workbook becomes a record for each row, under its own words', async () => {
  const rows = [['Prices of spring'], ['Product', 'Price'], ['Lamp', 12.5], ['Desk', 80]];
  const document = await extract(aZip(anXlsx(rows)));
  expect(document).toMatchObject({ type: 'xlsx' });
  expect(document.text).toBe('Prices of spring\n\nProduct: Lamp\nPrice: 12.5\n\nProduct: Desk\nPrice: 80');
});

describe('an archive that is a bomb is refused before it is read:', () => {
  const bomb = { ...aDocx(''), 'word/media/a.xml': ' '.repeat(70_000_000) };

  test('one that unpacks to far more', async () => {
    await expect(extract(aZip(bomb))).rejects.toMatchObject({ code: 'document_too_complex' });
  });

  test('one that lies about its size', async () => {
    const refused = extract(aZip(bomb, { claimed: 1_000 }));
    await expect(refused).rejects.toMatchObject({
      code: expect.stringMatching(/^document_(?:too_complex|broken)$/) as string,
    });
  });

  test('one of many files', async () => {
    const many = Object.fromEntries(Array.from({ length: 1_100 }, (_, at) => [`word/${at}.xml`, 'x']));
    await expect(extract(aZip({ ...aDocx(''), ...many }))).rejects.toMatchObject({ code: 'document_too_complex' });
  });
});
