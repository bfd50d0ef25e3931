import { PDFDocument, StandardFonts } from 'pdf-lib';
import { describe, expect, test } from 'vitest';
import { codes } from '../../../shared/errors/codes.ts';
import { Failure } from '../../../shared/errors/failure.ts';
import { extractDocument, type ExtractedDocument } from './extract-document.ts';

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const bytesOf = (latin1: string): Uint8Array => new Uint8Array(Buffer.from(latin1, 'latin1'));
const extract = (filename: string, content: string | Uint8Array): Promise<ExtractedDocument> =>
  extractDocument({ bytes: typeof content === 'string' ? utf8(content) : content, filename, kind: 'file' });
const refusalOf = async (filename: string, content: string | Uint8Array): Promise<Failure> => {
  const thrown: unknown = await extract(filename, content).then(
    (document) => new Error(`read as ${document.type}`),
    (reason: unknown) => reason,
  );
  if (thrown instanceof Failure) return thrown;
  throw thrown;
};

const aPdf = async (pages: readonly string[]): Promise<Uint8Array> => {
  const pdf = await PDFDocument.create();
  const font = await pdf.embedFont(StandardFonts.Helvetica);
  for (const text of pages) pdf.addPage([400, 400]).drawText(text, { x: 20, y: 350, size: 12, font, lineHeight: 16 });
  pdf.setTitle('Handbook of returns');
  return pdf.save();
};

// The smallest PNG there is: one pixel.
const pixel = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
const aScan = async (): Promise<Uint8Array> => {
  const pdf = await PDFDocument.create();
  const picture = await pdf.embedPng(pixel);
  pdf.addPage([400, 400]).drawImage(picture, { x: 0, y: 0, width: 400, height: 400 });
  return pdf.save();
};

/** A PDF whose trailer asks for a password: the check value fits no empty one. */
const anEncryptedPdf = (): Uint8Array => {
  const objects = [
    '1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n',
    '2 0 obj\n<< /Type /Pages /Kids [3 0 R] /Count 1 >>\nendobj\n',
    '3 0 obj\n<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] >>\nendobj\n',
    `4 0 obj\n<< /Filter /Standard /V 1 /R 2 /Length 40 /P -44 /O <${'5a'.repeat(32)}> /U <${'a5'.repeat(32)}> >>\nendobj\n`,
  ];
  let body = '%PDF-1.4\n';
  const offsets = objects.map((object) => {
    const offset = body.length;
    body += object;
    return offset;
  });
  const start = body.length;
  const rows = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('');
  const id = `<${'01'.repeat(16)}>`;
  body += `xref\n0 5\n0000000000 65535 f \n${rows}trailer\n<< /Size 5 /Root 1 0 R /Encrypt 4 0 R /ID [${id}${id}] >>\n`;
  return bytesOf(`${body}startxref\n${start}\n%%EOF\n`);
};

describe('a PDF', () => {
  test('keeps its pages, its title and its words', async () => {
    const document = await extract('handbook.pdf', await aPdf(['Goods may be sent back\nwithin 30 days.', 'Ring us.']));
    expect(document).toMatchObject({ type: 'pdf', pages: 2, title: 'Handbook of returns', words: 10 });
    expect(document.text).toBe(
      '<!-- page 1 -->\n\nGoods may be sent back\nwithin 30 days.\n\n<!-- page 2 -->\n\nRing us.',
    );
  });

  test('joins a word that the end of a line broke', async () => {
    const document = await extract('a.pdf', await aPdf(['The guaran-\ntee lasts two years.']));
    expect(document.text).toContain('guarantee lasts');
  });

  test('is read as a PDF whatever it is called', async () => {
    expect(await extract('notes.txt', await aPdf(['Hello there']))).toMatchObject({ type: 'pdf', pages: 1 });
  });

  test('of pictures needs text recognition, and its page numbers are no text', async () => {
    expect((await refusalOf('scan.pdf', await aScan())).code).toBe('document_needs_ocr');
  });

  test('without anything on its pages is empty', async () => {
    expect((await refusalOf('blank.pdf', await aPdf(['', '']))).code).toBe('document_empty');
  });

  test('with a password is told as such', async () => {
    expect((await refusalOf('secret.pdf', anEncryptedPdf())).code).toBe('document_encrypted');
  });

  test('that is cut or damaged is broken', async () => {
    const whole = await aPdf(['Hello there']);
    expect((await refusalOf('cut.pdf', whole.subarray(0, 60))).code).toBe('document_broken');
    expect((await refusalOf('junk.pdf', '%PDF-1.7\nnothing behind the header')).code).toBe('document_broken');
    expect((await refusalOf('text.pdf', 'just some words')).code).toBe('document_broken');
  });

  test('over 500 pages is refused', async () => {
    const failure = await refusalOf('long.pdf', await aPdf(Array.from({ length: 501 }, () => 'x')));
    expect(failure.code).toBe('document_too_complex');
  });
});

describe('what is not supported is refused by its bytes and by its name:', () => {
  test.each([
    ['a PNG called PDF', 'picture.pdf', new Uint8Array(pixel)],
    ['a PNG called text', 'picture.txt', new Uint8Array(pixel)],
    ['a program called text', 'readme.txt', bytesOf('MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff\0\0')],
    ['a Linux program called CSV', 'table.csv', bytesOf('\x7fELF\x02\x01\x01\0\0\0\0\0')],
    ['a ZIP called JSON', 'a.json', bytesOf('PK\x03\x04\x14\0\0\0\x08\0')],
    ['an archive called a Word document', 'letter.docx', bytesOf('PK\x03\x04\x14\0\x06\0')],
    ['random bytes called Markdown', 'a.md', Uint8Array.from({ length: 500 }, (_, at) => (at * 7919) % 256)],
    ['text called a program', 'hello.exe', utf8('hello there')],
    ['text under an unknown name', 'hello.xyz', utf8('hello there')],
    ['rich text called text', 'letter.txt', utf8('{\\rtf1\\ansi hello}')],
  ])('%s', async (_, filename, bytes) => {
    const failure = await refusalOf(filename, bytes);
    expect(failure.code).toBe('unsupported_file_type');
    expect(failure.extensions).toEqual({
      supported: '.pdf .txt .text .md .markdown .json .csv .tsv .html .htm .docx .xlsx'.split(' '),
    });
    expect(failure.detail).toContain('.pdf, .txt');
  });

  test('but a sentence may start like a program', async () => {
    expect(await extract('a.txt', 'MZ is how programs start.')).toMatchObject({ type: 'txt' });
  });
});

describe('text', () => {
  test.each([
    ['UTF-8', utf8('Grüße, 你好'), 'utf-8'],
    ['UTF-8 with its mark', utf8('\uFEFFGrüße, 你好'), 'utf-8'],
    ['UTF-16 with its mark', new Uint8Array(Buffer.from('\uFEFFGrüße, 你好', 'utf16le')), 'utf-16le'],
    ['UTF-16 the other way round', new Uint8Array(Buffer.from('\uFEFFGrüße, 你好', 'utf16le').swap16()), 'utf-16be'],
  ])('in %s is read', async (_, bytes, encoding) => {
    expect(await extract('a.txt', bytes)).toMatchObject({ text: 'Grüße, 你好', encoding });
  });

  test('in UTF-16 without its mark is read', async () => {
    const bytes = new Uint8Array(Buffer.from('Returns take thirty days.', 'utf16le'));
    expect(await extract('a.txt', bytes)).toMatchObject({ text: 'Returns take thirty days.', encoding: 'utf-16le' });
  });

  test('in an old encoding is read as Windows-1252', async () => {
    expect(await extract('a.txt', bytesOf('\x93Gr\xfc\xdfe\x94 \x80 5 \x9f'))).toMatchObject({
      text: '“Grüße” € 5 Ÿ',
      encoding: 'windows-1252',
    });
  });

  test('loses what nobody sees', async () => {
    const hidden = 'pay\u200B \u202Eme\u202C no\u2066w\u{E0041}\u{E0042}\u00AD\uFEFF\ud800!\r\n\r\n\r\n\r\nEnd\t.  ';
    expect((await extract('a.txt', hidden)).text).toBe('pay me now\uFFFD!\n\nEnd .');
  });

  test('that is all space or nothing is empty', async () => {
    for (const content of ['', ' \n\t\u200B ', '---', '\uFEFF']) {
      expect((await refusalOf('a.txt', content)).code).toBe('document_empty');
    }
  });

  test('that was typed is text whatever it looks like', async () => {
    const input = { bytes: utf8('%PDF-1.7 is how they start'), filename: 'a.exe', kind: 'text' } as const;
    expect(await extractDocument(input)).toMatchObject({ type: 'text', words: 7 });
  });

  test('over 5 MB is refused', async () => {
    expect((await refusalOf('a.txt', 'word '.repeat(1_100_000))).code).toBe('document_too_complex');
  });

  test('of spaces only takes no time', async () => {
    const started = performance.now();
    await refusalOf('a.txt', `${' '.repeat(4_000_000)}.`);
    expect(performance.now() - started).toBeLessThan(3_000);
  });
});

test('Markdown keeps its headings and gives the first as title', async () => {
  const document = await extract(
    'guide.md',
    '---\ntitle: x\n---\n\n# Returns #\n\nWithin **30** days.\n\n## Cost\n\nNone.',
  );
  expect(document).toMatchObject({ type: 'md', title: 'Returns' });
  expect(document.text).toBe('# Returns #\n\nWithin **30** days.\n\n## Cost\n\nNone.');
});

describe('JSON', () => {
  test('becomes one record for each object of a list', async () => {
    const content = JSON.stringify({
      shop: { name: 'Oak & Ink', open: true },
      faq: [
        { question: 'Do you ship?', answer: 'Yes.', tags: ['ship', 'post'] },
        { question: 'Where?', answer: null, places: [{ city: 'Bonn', days: 2 }] },
      ],
    });
    expect((await extract('faq.json', content)).text).toBe(
      [
        'shop.name: Oak & Ink',
        'shop.open: true',
        '',
        'faq.question: Do you ship?',
        'faq.answer: Yes.',
        'faq.tags: ship, post',
        '',
        'faq.question: Where?',
        'faq.places[1].city: Bonn',
        'faq.places[1].days: 2',
      ].join('\n'),
    );
  });

  test.each([
    ['{"a": }', 'unexpected `}` in line 1, column 7'],
    ['{\n  "a": 1,\n}', 'unexpected `}` in line 3, column 1'],
    ['[1, 2', 'the end comes too early in line 1, column 6'],
    ['{"a": "b\nc"}', 'unexpected control character in line 1, column 9'],
    ['{"a": "\\x"}', 'unexpected `\\` in line 1, column 8'],
    ['{"a": 01}', 'unexpected `1` in line 1, column 8'],
    ["{'a': 1}", "unexpected `'` in line 1, column 2"],
    ['{"a": 1} x', 'unexpected `x` in line 1, column 10'],
    ['hello', 'unexpected `h` in line 1, column 1'],
  ])('%j is broken, and the place is told', async (content, words) => {
    const failure = await refusalOf('a.json', content);
    expect(failure).toMatchObject({ code: 'document_broken', detail: `The file is not valid JSON: ${words}.` });
  });

  test('nested too deeply is refused, not followed', async () => {
    const content = `${'['.repeat(50_000)}{"a":1}${']'.repeat(50_000)}`;
    expect((await refusalOf('deep.json', content)).code).toBe('document_too_complex');
  });

  test.each(['{"a": [], "b": {}}', '[]', '""', 'null', '"\\u0000 €"'])(
    'with no words in it is valid: %s',
    async (content) => {
      expect(await extract('a.json', content)).toMatchObject({ type: 'json', words: 0 });
    },
  );
});

describe('a table', () => {
  test.each([',', ';', '\t', '|'])('parted by %j becomes a record for each row', async (mark) => {
    const rows = [
      ['Product', 'Price', 'Note'],
      ['Lamp', '12', `"old${mark} but ""good""\nand bright"`],
      ['Desk', '', 'new'],
    ];
    const document = await extract('prices.csv', rows.map((row) => row.join(mark)).join('\r\n'));
    expect(document).toMatchObject({ type: 'csv' });
    const note = `old${mark.trim()} but "good" and bright`;
    expect(document.text).toBe(`Product: Lamp\nPrice: 12\nNote: ${note}\n\nProduct: Desk\nNote: new`);
  });

  test('without a header names its columns by number', async () => {
    expect((await extract('a.csv', 'Lamp,12\nDesk,80')).text).toBe(
      'Column 1: Lamp\nColumn 2: 12\n\nColumn 1: Desk\nColumn 2: 80',
    );
  });

  test('with rows of other lengths is still read', async () => {
    expect((await extract('a.csv', 'name,city\nAnn\nBob,Bonn,extra')).text).toBe(
      'name: Ann\n\nname: Bob\ncity: Bonn\nColumn 3: extra',
    );
  });

  test('whose records grow over the limit is refused', async () => {
    const content = `${'h'.repeat(200)},b\n${'x,y\n'.repeat(60_000)}`;
    expect((await refusalOf('a.csv', content)).code).toBe('document_too_complex');
  });
});

describe('the type of text without a name for it', () => {
  test.each([
    ['notes', 'hello there', 'txt'],
    ['page', '<!DOCTYPE html><p>hello</p>', 'html'],
    ['records', '{"a": "b"}', 'json'],
    ['README.MD', '# Hello', 'md'],
    ['.txt', 'hello', 'txt'],
  ])('%s is told by its content or its extension', async (filename, content, type) => {
    expect(await extract(filename, content)).toMatchObject({ type });
  });
});

test('every refusal has words of its own', async () => {
  const failure = await refusalOf('a.txt', '');
  expect(failure.detail).not.toBe(codes.document_empty.title);
});
