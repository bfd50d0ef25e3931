import type { resolveSources } from '../../../shared/contracts/knowledge.ts';
import type { Handler } from '../../../shared/bus/port.ts';
import type { Deps } from '../deps.ts';
import { findByStoredNames } from '../store/documents.ts';

/** Names that are not this domain's documents are left out. */
export const handleResolveSources =
  ({ database }: Deps): Handler<typeof resolveSources> =>
  async ({ domain_id, stored_names }) => {
    const documents = await database.run((client) => findByStoredNames(client, domain_id, stored_names));
    return {
      sources: documents.map((document) => ({
        stored_name: document.storedName,
        document_id: document.originalId,
        name: document.name,
        type: document.type,
        source_url: document.sourceUrl,
      })),
    };
  };
