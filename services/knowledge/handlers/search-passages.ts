import type { Handler } from '../../../shared/bus/port.ts';
import type { searchPassages } from '../../../shared/contracts/knowledge.ts';
import type { Deps } from '../deps.ts';
import { findIndexed } from '../store/indexed-texts.ts';

/** Searches our own copy of the documents. One that was removed while the search ran is left out. */
export const handleSearchPassages =
  ({ database, search }: Deps): Handler<typeof searchPassages> =>
  async ({ domain_id, question }, { signal }) => {
    const found = await search.search(domain_id, question, signal);
    if (found.length === 0) return { passages: [] };
    const ids = found.map(({ documentId }) => documentId);
    const documents = await database.run((client) => findIndexed(client, domain_id, ids));
    const byId = new Map(documents.map((document) => [document.id, document]));
    return {
      passages: found.flatMap(({ documentId, title, page, text, answer }) => {
        const document = byId.get(documentId);
        if (document === undefined) return [];
        const heading = title === '' ? null : title;
        const { originalId, name, sourceUrl } = document;
        return [{ document_id: originalId, document: name, url: sourceUrl, heading, page, text, answer }];
      }),
    };
  };
