import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { PDFDocument, StandardFonts } from 'pdf-lib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createExtractor, type ExtractorOptions } from './extractor.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'parley-extract-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** A worker that says it has begun and then runs `code`: what a hostile document makes of a reader. */
const aWorker = async (code: string): Promise<URL> => {
  const file = path.join(folder, `${Math.random().toString(36).slice(2)}.mjs`);
  await writeFile(
    file,
    `import { parentPort } from 'node:worker_threads';\nparentPort.postMessage({ kind: 'started' });\n${code}`,
  );
  return pathToFileURL(file);
};
const aPdf = async (text: string): Promise<Uint8Array> => {
  const pdf = await PDFDocument.create();
  const font = await pdf.embedFont(StandardFonts.Helvetica);
  pdf.addPage([400, 400]).drawText(text, { x: 20, y: 350, size: 12, font });
  return pdf.save();
};
const large = new TextEncoder().encode('word '.repeat(20_000));
const extractLarge = (options: ExtractorOptions, signal?: AbortSignal) =>
  createExtractor(options).extract({ bytes: large, filename: 'a.txt', kind: 'file' }, signal);

describe('a document in its own worker', () => {
  test('is read there, a PDF as well as large text', async () => {
    const extractor = createExtractor();
    const [pdf, text] = await Promise.all([
      extractor.extract({ bytes: await aPdf('Goods go back.'), filename: 'a.pdf', kind: 'file' }),
      extractor.extract({ bytes: large, filename: 'a.txt', kind: 'file' }),
    ]);
    expect(pdf).toMatchObject({ type: 'pdf', pages: 1, words: 3 });
    expect(text).toMatchObject({ type: 'txt', words: 20_000 });
  });

  test('is refused with its own code', async () => {
    const bytes = new TextEncoder().encode('[1,'.repeat(40_000));
    const refused = createExtractor().extract({ bytes, filename: 'a.json', kind: 'file' });
    await expect(refused).rejects.toMatchObject({
      code: 'document_broken',
      detail: 'The file is not valid JSON: the end comes too early in line 1, column 120001.',
    });
  });

  test('that takes too long is killed', async () => {
    const refused = extractLarge({ workerUrl: await aWorker('for (;;);'), timeoutMs: 500 });
    await expect(refused).rejects.toMatchObject({ code: 'document_too_complex' });
  });

  test('that fills buffers without end is killed, and what is read beside it is read all the same', async () => {
    const hoarder = 'const all = []; for (;;) all.push(new Uint8Array(20_000_000).fill(1));';
    const workerUrl = await aWorker(`import { workerData } from 'node:worker_threads';
      if (workerData.input.filename === 'bomb.txt') { ${hoarder} }
      setTimeout(() => parentPort.postMessage({ kind: 'document', document: { words: 7 } }), 1_500);`);
    const extractor = createExtractor({ workerUrl, growthMb: 300 });
    const bomb = extractor.extract({ bytes: large, filename: 'bomb.txt', kind: 'file' });
    const other = extractor.extract({ bytes: large, filename: 'a.txt', kind: 'file' });
    await expect(bomb).rejects.toMatchObject({ code: 'document_too_complex' });
    expect(await other).toMatchObject({ words: 7 });
  });

  test('that takes too much memory is killed, and the process lives', async () => {
    const workerUrl = await aWorker('const all = []; for (;;) all.push(new Array(10_000).fill(Math.random()));');
    await expect(extractLarge({ workerUrl, heapMb: 32 })).rejects.toMatchObject({ code: 'document_too_complex' });
  });

  test.each(['throw new Error("odd")', 'process.exit(3)'])(
    'that makes the reader stumble is broken: %s',
    async (code) => {
      await expect(extractLarge({ workerUrl: await aWorker(code) })).rejects.toMatchObject({ code: 'document_broken' });
    },
  );
});

test('a worker that cannot start is our fault, not the document’s', async () => {
  const workerUrl = pathToFileURL(path.join(folder, 'missing.mjs'));
  await expect(extractLarge({ workerUrl })).rejects.toMatchObject({ code: 'internal' });
});

test('a caller who gives up frees the worker', async () => {
  const leaving = new AbortController();
  const refused = extractLarge({ workerUrl: await aWorker('for (;;);') }, leaving.signal);
  leaving.abort();
  await expect(refused).rejects.toMatchObject({ code: 'deadline_exceeded' });
});

test('small text is read although every worker is busy', async () => {
  const extractor = createExtractor({
    workerUrl: await aWorker('for (;;);'),
    concurrency: 1,
    queueMax: 1,
    timeoutMs: 800,
  });
  const extract = (bytes: Uint8Array) => extractor.extract({ bytes, filename: 'a.txt', kind: 'file' });
  const stuck = [extract(large), extract(large)].map((work) => work.catch((thrown: unknown) => thrown));
  await expect(extract(large)).rejects.toMatchObject({ code: 'overloaded' });
  expect(await extract(new TextEncoder().encode('hello'))).toMatchObject({ words: 1 });
  expect(await Promise.all(stuck)).toMatchObject([{ code: 'document_too_complex' }, { code: 'document_too_complex' }]);
});
