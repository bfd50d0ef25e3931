import type { DocumentType } from '../../../shared/contracts/knowledge.ts';
import { Failure } from '../../../shared/errors/failure.ts';
import { decodeText } from './decode-text.ts';
import { detectType } from './detect-type.ts';
import { extractLimits, tooComplex } from './limits.ts';
import { countWords, normaliseLine, normaliseText } from './normalise-text.ts';
import { readDocx } from './office/read-docx.ts';
import { readXlsx } from './office/read-xlsx.ts';
import { readCsv } from './read-csv.ts';
import { readHtml } from './read-html.ts';
import { readJson } from './read-json.ts';
import { readPdf } from './read-pdf.ts';
import { readMarkdown, readPlain } from './read-text.ts';
import type { Reading } from './reading.ts';

export interface DocumentInput {
  readonly bytes: Uint8Array;
  readonly filename: string;
  /** `text` was typed, so it is text whatever it looks like; `file` is judged by its bytes. */
  readonly kind: 'file' | 'text';
}

export interface ExtractedDocument {
  readonly type: DocumentType;
  /** Normalised UTF-8 text in the manner of Markdown; pages of a PDF start with a line `<!-- page N -->`. */
  readonly text: string;
  readonly pages: number | null;
  readonly title: string | null;
  readonly words: number;
  /** WHATWG name of the encoding of the file; null where the type knows none. */
  readonly encoding: string | null;
}

/**
 * What a bot can read of a document. Throws `unsupported_file_type`, `document_encrypted`, `document_broken`,
 * `document_needs_ocr`, `document_empty` (but for JSON, which may come back with 0 words), and `document_too_complex` over a limit of `extractLimits`.
 * Time and memory are bounded only inside a worker: call it through `createExtractor`.
 */
export const extractDocument = async (input: DocumentInput): Promise<ExtractedDocument> => {
  if (input.bytes.byteLength === 0) throw empty('The file is empty.');
  const type = input.kind === 'text' ? 'text' : detectType(input.bytes, input.filename);
  const { reading, encoding } = await read(type, input.bytes);
  const text = normaliseText(reading.text);
  const words = countWords(text.replace(pageMark, ''));
  // Valid JSON is read whatever is in it; nobody can see by a page without words whether it was read rightly.
  if (words === 0 && type !== 'json') throw empty('No text was found in the document.');
  if (Buffer.byteLength(text) > extractLimits.textBytesMax) {
    throw tooComplex(`The document holds more than ${extractLimits.textBytesMax / 1_000_000} MB of text.`);
  }
  const title = reading.title === null ? null : normaliseLine(reading.title).slice(0, 300);
  return { type, text, pages: reading.pages, title, words, encoding };
};

const pageMark = /^<!-- page \d+ -->$/gm;

const empty = (detail: string): Failure => new Failure('document_empty', { detail });

interface Read {
  readonly reading: Reading;
  readonly encoding: string | null;
}

const read = async (type: DocumentType, bytes: Uint8Array): Promise<Read> => {
  if (type === 'pdf') return { reading: await readPdf(bytes), encoding: null };
  if (type === 'docx') return { reading: await readDocx(bytes), encoding: null };
  if (type === 'xlsx') return { reading: await readXlsx(bytes), encoding: null };
  const { text, encoding } = await decodeText(bytes);
  return { reading: readText(type, text), encoding };
};

const readText = (type: keyof typeof readers, text: string): Reading => {
  try {
    return readers[type](text);
  } catch (thrown) {
    // Nesting that fits the parser but not the stack.
    if (thrown instanceof RangeError) throw tooComplex('The document is nested too deeply.', thrown);
    throw thrown;
  }
};

const readers = {
  txt: readPlain,
  text: readPlain,
  md: readMarkdown,
  json: readJson,
  csv: readCsv,
  html: readHtml,
} as const satisfies Record<Exclude<DocumentType, 'pdf' | 'docx' | 'xlsx'>, (source: string) => Reading>;
