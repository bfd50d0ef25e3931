import { Failure } from '../../../shared/errors/failure.ts';
import { signatureOf } from './signatures.ts';
import { typeOfExtension, unsupportedFileType, type FileType } from './supported-types.ts';
import { hasAlphabetSwitch, looksWide, markOf } from './unicode.ts';

/**
 * What a file is, by its bytes. The name only decides between kinds of text, which look alike, and has to be one that
 * is supported: text under another extension is refused. A PDF is a PDF whatever it is called.
 * Throws `unsupported_file_type`, `document_broken` for text that is named as a PDF or an Office document, and
 * `document_encrypted` for an Office document with a password.
 */
export const detectType = (bytes: Uint8Array, filename: string): FileType => {
  const extension = extensionOf(filename);
  const claimed = typeOfExtension(extension);
  if (isPdf(bytes, claimed === 'pdf')) return 'pdf';
  const office = officeType(bytes);
  if (office !== undefined) return office;
  const signature = signatureOf(bytes);
  if (signature !== undefined) throw unsupportedFileType(`the file is ${signature}`);
  if (looksBinary(bytes)) throw unsupportedFileType('the file is neither text nor a PDF');
  if (claimed === 'pdf' || claimed === 'docx' || claimed === 'xlsx') {
    throw new Failure('document_broken', { detail: `The file is named ${extension} but is none.` });
  }
  if (extension !== '' && claimed === undefined && !namesNothing.has(extension))
    throw unsupportedFileType(`the file is named ${extension}`);
  return claimed ?? typeOfText(bytes);
};

// Names that programs give to what they write, whatever it is.
const namesNothing: ReadonlySet<string> = new Set(['.bin', '.dat', '.log', '.out']);

const extensionOf = (filename: string): string => {
  const name = filename.trim().toLowerCase();
  const dot = name.lastIndexOf('.');
  return dot <= 0 ? '' : name.slice(dot, dot + 20);
};

// Readers of PDF accept some bytes before the header; for other names that would make any text about PDFs one.
const headerSearchBytes = 1024;

const isPdf = (bytes: Uint8Array, isNamedPdf: boolean): boolean => {
  const head = latin1(bytes.subarray(0, headerSearchBytes));
  return isNamedPdf ? head.includes('%PDF-') : head.replace(/^[\s\u00EF\u00BB\u00BF]+/, '').startsWith('%PDF-');
};

/** An Office document is an archive, told by the file that each holds; one with a password is an old Office container. */
const officeType = (bytes: Uint8Array): 'docx' | 'xlsx' | undefined => {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (file.indexOf('PK\x03\x04', 0, 'latin1') === 0) {
    if (file.includes('word/document.xml')) return 'docx';
    return file.includes('xl/workbook.xml') ? 'xlsx' : undefined;
  }
  const isContainer = file.indexOf('\xd0\xcf\x11\xe0', 0, 'latin1') === 0;
  if (isContainer && file.includes(Buffer.from('EncryptedPackage', 'utf16le'))) {
    throw new Failure('document_encrypted', { detail: 'The document asks for a password: store it without one.' });
  }
  return undefined;
};

const typeOfText = (bytes: Uint8Array): FileType => {
  const head = latin1(bytes.subarray(0, headerSearchBytes)).replace(/^[\s\u00EF\u00BB\u00BF]+/, '');
  if (/^<!doctype html|^<html[\s>]/i.test(head)) return 'html';
  return /^[[{]/.test(head) && isJson(bytes) ? 'json' : 'txt';
};

const isJson = (bytes: Uint8Array): boolean => {
  try {
    JSON.parse(new TextDecoder().decode(bytes));
    return true;
  } catch {
    return false;
  }
};

const sampleBytes = 65_536;
// Tab, line feed, form feed, carriage return, and the escape that ISO-2022 texts switch alphabets with.
const textControls: ReadonlySet<number> = new Set([0x09, 0x0a, 0x0c, 0x0d, 0x1b]);
const shiftBytes: ReadonlySet<number> = new Set([0x0e, 0x0f]);
const noBytes: ReadonlySet<number> = new Set();

/** Control characters that no text holds. UTF-16 and UTF-32 are text: zero bytes are part of each letter. */
const looksBinary = (bytes: Uint8Array): boolean => {
  const sample = bytes.subarray(0, sampleBytes);
  const marked = markOf(bytes) ?? looksWide(bytes);
  if (marked !== undefined && marked !== 'utf-8') return false;
  const switches = hasAlphabetSwitch(sample) ? shiftBytes : noBytes;
  let controls = 0;
  for (const byte of sample) {
    if (byte === 0) return !isOneStrayNul(sample);
    if (byte < 0x20 && !textControls.has(byte) && !switches.has(byte)) controls += 1;
  }
  return controls > sample.length / 50;
};

// A broken export may drop a NUL into a page of text; one in a thousand is still text.
const isOneStrayNul = (sample: Uint8Array): boolean => {
  let nuls = 0;
  for (const byte of sample) if (byte === 0) nuls += 1;
  return nuls * 1000 <= sample.length;
};

const latin1 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');
