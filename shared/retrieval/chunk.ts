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
}
