import { Failure } from '../../../shared/errors/failure.ts';
import { signatureOf } from './signatures.ts';
import { typeOfExtension, unsupportedFileType, type FileType } from './supported-types.ts';

/**
 * What a file is, by its bytes. The name only decides between kinds of text, which look alike, and has to be one that
 * is supported: text under another extension is refused. A PDF is a PDF whatever it is called.
 * Throws `unsupported_file_type`, or `document_broken` for text that is named as a PDF.
 */
export const detectType = (bytes: Uint8Array, filename: string): FileType => {
  const extension = extensionOf(filename);
  const claimed = typeOfExtension(extension);
  if (isPdf(bytes, claimed === 'pdf')) return 'pdf';
  const signature = signatureOf(bytes);
  if (signature !== undefined) throw unsupportedFileType(`the file is ${signature}`);
  if (looksBinary(bytes)) throw unsupportedFileType('the file is neither text nor a PDF');
  if (claimed === 'pdf') throw new Failure('document_broken', { detail: 'The file is named as a PDF but is none.' });
  if (extension !== '' && claimed === undefined) throw unsupportedFileType(`the file is named ${extension}`);
  return claimed ?? typeOfText(bytes);
};

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

/** Control characters that no text holds. UTF-16 is text: its NULs are every other byte. */
const looksBinary = (bytes: Uint8Array): boolean => {
  const sample = bytes.subarray(0, sampleBytes);
  if (hasUtf16Mark(sample) || looksUtf16(sample) !== undefined) return false;
  let controls = 0;
  for (const byte of sample) {
    if (byte === 0) return !isOneStrayNul(sample);
    // ESC is left out: ISO-2022 texts switch alphabets with it.
    if (byte < 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0c && byte !== 0x0d && byte !== 0x1b) controls += 1;
  }
  return controls > sample.length / 50;
};

// A broken export may drop a NUL into a page of text; one in a thousand is still text.
const isOneStrayNul = (sample: Uint8Array): boolean => {
  let nuls = 0;
  for (const byte of sample) if (byte === 0) nuls += 1;
  return nuls * 1000 <= sample.length;
};

const hasUtf16Mark = (bytes: Uint8Array): boolean =>
  (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);

/** UTF-16 without its mark, told by where the zero bytes of Latin letters fall; undefined when it is not. */
export const looksUtf16 = (bytes: Uint8Array): 'utf-16le' | 'utf-16be' | undefined => {
  const sample = bytes.subarray(0, 2048);
  if (sample.length < 4) return undefined;
  const zeros = { even: 0, odd: 0 };
  sample.forEach((byte, at) => {
    if (byte === 0) zeros[at % 2 === 0 ? 'even' : 'odd'] += 1;
  });
  const half = sample.length / 2;
  if (zeros.odd > half * 0.6 && zeros.even < half * 0.05) return 'utf-16le';
  if (zeros.even > half * 0.6 && zeros.odd < half * 0.05) return 'utf-16be';
  return undefined;
};

const latin1 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');
