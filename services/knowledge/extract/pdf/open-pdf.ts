import { createRequire } from 'node:module';
import path from 'node:path';
import type { PDFDocumentProxy } from 'pdfjs-dist';
import { Failure } from '../../../../shared/errors/failure.ts';

/** A PDF that is open; its caller destroys it. Throws `document_encrypted`, and `document_broken` when no page can be reached. */
export const openPdf = async (
  bytes: Uint8Array,
  options: { readonly withXfa?: boolean } = {},
): Promise<PDFDocumentProxy> => {
  // Loaded when first needed: it is the one heavy library here.
  const { getDocument, VerbosityLevel } = await import('pdfjs-dist/legacy/build/pdf.mjs');
  const task = getDocument({
    // The reader keeps what it is given.
    data: new Uint8Array(bytes),
    ...readerFiles(),
    verbosity: VerbosityLevel.ERRORS,
    isEvalSupported: false,
    stopAtErrors: false,
    enableXfa: options.withXfa ?? false,
  });
  try {
    return await task.promise;
  } catch (thrown) {
    throw failureOf(thrown);
  }
};

interface ReaderFiles {
  readonly cMapUrl: string;
  readonly cMapPacked: true;
  readonly standardFontDataUrl: string;
}

/** Character maps and font widths that come with the reader; without the maps Chinese and Japanese files read empty. */
const readerFiles = (): ReaderFiles => {
  const root = path.dirname(createRequire(import.meta.url).resolve('pdfjs-dist/package.json'));
  return {
    cMapUrl: path.join(root, 'cmaps') + path.sep,
    cMapPacked: true,
    standardFontDataUrl: path.join(root, 'standard_fonts') + path.sep,
  };
};

const failureOf = (thrown: unknown): Failure => {
  const name = thrown instanceof Error ? thrown.name : '';
  if (name === 'PasswordException') {
    return new Failure('document_encrypted', {
      detail: 'The PDF asks for a password: store it without one.',
      cause: thrown,
    });
  }
  return new Failure('document_broken', { detail: 'The PDF is damaged and cannot be opened.', cause: thrown });
};
