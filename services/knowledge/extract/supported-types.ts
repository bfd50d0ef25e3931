import type { DocumentType } from '../../../shared/contracts/knowledge.ts';
import { Failure } from '../../../shared/errors/failure.ts';

interface SupportedType {
  readonly description: string;
  /** Lower case, with the dot. */
  readonly extensions: readonly string[];
}

/** The one table of what can be read: detection, refusals and `GET /knowledge/supported-types` all derive from it. */
export const supportedTypes = {
  pdf: { description: 'PDF documents that hold text', extensions: ['.pdf'] },
  txt: { description: 'Plain text in any common encoding, which is found out', extensions: ['.txt', '.text'] },
  md: { description: 'Markdown; headings become passage titles', extensions: ['.md', '.markdown'] },
  json: { description: 'JSON, read as records of path and value', extensions: ['.json'] },
  csv: { description: 'Tables with a header row, one record a row', extensions: ['.csv', '.tsv'] },
  html: { description: 'Web pages, read without navigation and banners', extensions: ['.html', '.htm'] },
} as const satisfies Partial<Record<DocumentType, SupportedType>>;

export type FileType = keyof typeof supportedTypes;

const rows: readonly { readonly type: FileType; readonly extensions: readonly string[] }[] = [
  { type: 'pdf', extensions: supportedTypes.pdf.extensions },
  { type: 'txt', extensions: supportedTypes.txt.extensions },
  { type: 'md', extensions: supportedTypes.md.extensions },
  { type: 'json', extensions: supportedTypes.json.extensions },
  { type: 'csv', extensions: supportedTypes.csv.extensions },
  { type: 'html', extensions: supportedTypes.html.extensions },
];

/** All extensions, with the dot, in the table's order. */
export const supportedExtensions: readonly string[] = rows.flatMap((row) => row.extensions);

/** The type an extension claims; undefined when nothing here has it. */
export const typeOfExtension = (extension: string): FileType | undefined =>
  rows.find((row) => row.extensions.includes(extension))?.type;

/** `found` is a clause about the file: "the file is a PNG picture". */
export const unsupportedFileType = (found: string): Failure =>
  new Failure('unsupported_file_type', {
    detail: `This cannot be read: ${found}. Supported are ${supportedExtensions.join(', ')}.`,
    extensions: { supported: supportedExtensions },
  });
