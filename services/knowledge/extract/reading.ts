/** What a reader of one type makes of a file; the text is not normalised yet. */
export interface Reading {
  readonly text: string;
  readonly title: string | null;
  /** Null for types that have none. */
  readonly pages: number | null;
}
