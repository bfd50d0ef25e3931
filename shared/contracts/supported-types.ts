interface SupportedType {
  readonly description: string;
  /** Lower case, with the dot. */
  readonly extensions: readonly string[];
}

/**
 * The one table of what can be read: detection, refusals and `GET /knowledge/supported-types` all derive from it. What a
 * file is is told by its bytes; the extension decides between kinds of text alone.
 */
export const supportedTypes = {
  pdf: {
    description: 'PDF documents: text with headings and page numbers, filled-in forms, notes; without a password',
    extensions: ['.pdf'],
  },
  txt: { description: 'Plain text in any common encoding, which is found out', extensions: ['.txt', '.text'] },
  md: { description: 'Markdown files; headings are kept for citations', extensions: ['.md', '.markdown'] },
  json: { description: 'JSON files, read as records of path and value', extensions: ['.json'] },
  csv: {
    description: 'Tables with a header line, a record a row; the separator is found out',
    extensions: ['.csv', '.tsv'],
  },
  html: { description: 'Web pages, read without navigation and banners', extensions: ['.html', '.htm'] },
  docx: { description: 'Word documents with their headings, lists and tables', extensions: ['.docx'] },
  xlsx: { description: 'Excel workbooks, each sheet read as a table, a record a row', extensions: ['.xlsx'] },
} as const satisfies Record<string, SupportedType>;

export type SupportedTypeName = keyof typeof supportedTypes;
