import type { getDocument } from '../../../shared/contracts/knowledge.ts';
import type { Handler } from '../../../shared/bus/port.ts';
import type { Deps } from '../deps.ts';
import { readText } from '../store/documents.ts';
import { viewDocument } from '../view.ts';
import { knownDocument } from './known-document.ts';

const previewCharsMax = 2_000;

/** One document with the start of what the bot reads; throws `document_unknown`, also for another domain's. */
export const handleGetDocument =
  ({ database }: Deps): Handler<typeof getDocument> =>
  async ({ domain_id, document_id }) =>
    database.run(async (client) => {
      const document = await knownDocument(client, domain_id, document_id);
      const text = await readText(client, document.id);
      return { document: viewDocument(document), preview: text.slice(0, previewCharsMax).toWellFormed() };
    });
