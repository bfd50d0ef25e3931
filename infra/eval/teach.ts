import { chunkText } from '../../shared/retrieval/chunk-text.ts';
import { createIndex, type Index } from '../../shared/retrieval/index.ts';
import type { EvalDocument } from './read-data.ts';

/** Documents in an index, as the product reads them: in markdown, the title as heading. */
export const teach = (documents: readonly EvalDocument[]): Index => {
  const index = createIndex({ chunksMax: Number.POSITIVE_INFINITY });
  for (const { id, title, text } of documents) {
    const heading = (title ?? '').replace(/\s+/gu, ' ').trim();
    const pieces = chunkText(heading === '' ? text : `# ${heading}\n\n${text}`);
    pieces.forEach((piece, at) => index.add({ ...piece, id: `${id}:${at}`, documentId: id }));
  }
  return index;
};
