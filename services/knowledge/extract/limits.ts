import { Failure } from '../../../shared/errors/failure.ts';

/** What one document may cost, from `docs/operations.md`. Bytes of text are UTF-8. */
export const extractLimits = {
  uploadBytesMax: 10_000_000,
  pagesMax: 500,
  textBytesMax: 5_000_000,
  /** Nesting of JSON values and HTML elements that is followed. */
  depthMax: 200,
} as const;

export const tooComplex = (detail: string, cause?: unknown): Failure =>
  new Failure('document_too_complex', { detail, cause });

/** Lines gathered under the limit of text; throws `document_too_complex` at the line that would pass it. */
export interface TextSink {
  readonly add: (line: string) => void;
  readonly text: () => string;
}

export const createTextSink = (bytesMax: number = extractLimits.textBytesMax): TextSink => {
  const lines: string[] = [];
  let bytes = 0;
  return {
    add: (line) => {
      bytes += Buffer.byteLength(line) + 1;
      if (bytes > bytesMax) throw tooComplex(`The document holds more than ${bytesMax / 1_000_000} MB of text.`);
      lines.push(line);
    },
    text: () => lines.join('\n'),
  };
};
