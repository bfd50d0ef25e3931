import { z } from 'zod';
import { Failure, type WireFailure } from '../../../shared/errors/failure.ts';
import { extractDocument, type DocumentInput, type ExtractedDocument } from './extract-document.ts';
import { readPage, type PageInput, type PageReading } from './read-page.ts';

/** What a worker is asked; plain values, because they cross to a thread. */
export type ExtractTask =
  { readonly kind: 'document'; readonly input: DocumentInput } | { readonly kind: 'page'; readonly input: PageInput };

/** Tasks as they arrive in a worker. */
export const extractTask: z.ZodType<ExtractTask> = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('document'),
    input: z.object({ bytes: z.instanceof(Uint8Array), filename: z.string(), kind: z.enum(['file', 'text']) }),
  }),
  z.object({
    kind: z.literal('page'),
    input: z.object({ bytes: z.instanceof(Uint8Array), url: z.string(), charset: z.string().optional() }),
  }),
]);

export type ExtractOutcome =
  | { readonly kind: 'document'; readonly document: ExtractedDocument }
  | { readonly kind: 'page'; readonly page: PageReading }
  | { readonly kind: 'failure'; readonly failure: WireFailure };

/** From then on what goes wrong in the worker is the document's doing; before, it is ours. */
export type WorkerMessage = { readonly kind: 'started' } | ExtractOutcome;

/** Runs a task to an outcome; never throws. A reader that stumbles in a way of its own has met a broken document. */
export const runExtractTask = async (task: ExtractTask): Promise<ExtractOutcome> => {
  try {
    if (task.kind === 'page') return { kind: 'page', page: await readPage(task.input) };
    return { kind: 'document', document: await extractDocument(task.input) };
  } catch (thrown) {
    const failure =
      thrown instanceof Failure
        ? thrown
        : new Failure('document_broken', { detail: 'The document could not be read.', cause: thrown });
    return { kind: 'failure', failure: failure.toWire() };
  }
};
