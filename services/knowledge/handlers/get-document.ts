import type { z } from 'zod';
import type { getDocument, versionView } from '../../../shared/contracts/knowledge.ts';
import type { Handler } from '../../../shared/bus/port.ts';
import type { Deps } from '../deps.ts';
import { readPart, versionsOf, type Document } from '../store/documents.ts';
import { errorOf, viewDocument } from '../view.ts';
import { knownDocument } from './known-document.ts';

const previewCharsMax = 2_000;
const versionsMax = 20;

/** One document with the start of what the bot reads; throws `document_unknown`, also for another domain's. */
export const handleGetDocument =
  ({ database }: Deps): Handler<typeof getDocument> =>
  async ({ domain_id, document_id }) =>
    database.run(async (client) => {
      const document = await knownDocument(client, domain_id, document_id);
      const { text } = await readPart(client, document.id, { offset: 0, limit: previewCharsMax });
      const versions = await versionsOf(client, domain_id, { originalId: document_id });
      return {
        document: viewDocument(document),
        preview: text,
        versions: versions.slice(0, versionsMax).map((version) => viewVersion(version, document.liveVersion)),
      };
    });

const viewVersion = (version: Document, liveVersion: number | null): z.output<typeof versionView> => ({
  version: version.version,
  state: version.state,
  is_live: version.state === 'indexed' && version.version === liveVersion,
  hash: version.hash,
  bytes: version.bytes,
  error: errorOf(version),
  created_at: version.createdAt.toISOString(),
  indexed_at: version.indexedAt?.toISOString() ?? null,
});
