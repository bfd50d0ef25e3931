/** A piece of a document that is indexed, retrieved and cited as a whole. */
export interface Chunk {
  /** Unique within its index. */
  readonly id: string;
  readonly documentId: string;
  /** Heading path, such as `Returns > How long do I have?`; empty when the document has no headings. */
  readonly title: string;
  readonly text: string;
  /** Page on which the piece begins, counted from 1, when the document has pages. */
  readonly page?: number;
  /** Where further pages begin within it, when it goes over more than one. */
  readonly pageStarts?: readonly PageStart[];
}

/** Where in a piece's text a further page begins. */
export interface PageStart {
  readonly at: number;
  readonly page: number;
}

/** The page on which a part of a chunk really stands: its last pages may be others than its first. */
export const pageOf = ({ text, page, pageStarts = [] }: Chunk, part: string): number | undefined => {
  const at = text.indexOf(part);
  return at === -1 ? page : (pageStarts.findLast((start) => start.at <= at)?.page ?? page);
};
