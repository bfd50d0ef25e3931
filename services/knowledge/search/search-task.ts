import { z } from 'zod';

const found = z.object({
  documentId: z.string(),
  title: z.string(),
  page: z.number().int().nullable(),
  text: z.string(),
  /** The sentences of `text` that answer. */
  answer: z.string(),
});

/** A passage that answers, as its index knows it. */
export type FoundPassage = z.infer<typeof found>;

/** Which texts an index was made of: another version is another index. */
export interface IndexName {
  readonly domainId: string;
  readonly version: string;
}

const indexName = { domainId: z.string(), version: z.string() };
/** A text to index, and how large its owner wants its chunks. */
const indexedText = z.object({ id: z.string(), text: z.string(), chunkSize: z.number().int().optional() });
export type IndexedText = z.infer<typeof indexedText>;

const searchTask = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('build'),
    ...indexName,
    documents: z.array(indexedText),
  }),
  z.object({ kind: z.literal('search'), ...indexName, question: z.string() }),
]);
export type SearchTask = z.infer<typeof searchTask>;

const searchOutcome = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('built') }),
  /** There is no such index: build it first. */
  z.object({ kind: z.literal('missing') }),
  z.object({ kind: z.literal('found'), passages: z.array(found) }),
  z.object({ kind: z.literal('failed'), reason: z.string() }),
]);
export type SearchOutcome = z.infer<typeof searchOutcome>;

/** What crosses to the thread and back; `id` says which question an outcome answers. */
export const searchRequest = z.object({ id: z.number(), task: searchTask });
export const searchReply = z.object({ id: z.number(), outcome: searchOutcome });
/** What the thread is started with. */
export const searchSetup = z.object({ chunksMax: z.number().int().min(1) });
