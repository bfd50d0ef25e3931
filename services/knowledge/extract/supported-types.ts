import { supportedTypes, type SupportedTypeName } from '../../../shared/contracts/supported-types.ts';
import { Failure } from '../../../shared/errors/failure.ts';

export type FileType = SupportedTypeName;

const rows: readonly { readonly type: FileType; readonly extensions: readonly string[] }[] = [
  { type: 'pdf', extensions: supportedTypes.pdf.extensions },
  { type: 'txt', extensions: supportedTypes.txt.extensions },
  { type: 'md', extensions: supportedTypes.md.extensions },
  { type: 'json', extensions: supportedTypes.json.extensions },
  { type: 'csv', extensions: supportedTypes.csv.extensions },
  { type: 'html', extensions: supportedTypes.html.extensions },
  { type: 'docx', extensions: supportedTypes.docx.extensions },
  { type: 'xlsx', extensions: supportedTypes.xlsx.extensions },
];

/** All extensions, with the dot, in the table's order. */
const supportedExtensions: readonly string[] = rows.flatMap((row) => row.extensions);

/** The type an extension claims; undefined when nothing here has it. */
export const typeOfExtension = (extension: string): FileType | undefined =>
  rows.find((row) => row.extensions.includes(extension))?.type;

/** `found` is a clause about the file: "the file is a PNG picture". */
export const unsupportedFileType = (found: string): Failure =>
  new Failure('unsupported_file_type', {
    detail: `This cannot be read: ${found}. Supported are ${supportedExtensions.join(', ')}.`,
    extensions: { supported: supportedExtensions },
  });
