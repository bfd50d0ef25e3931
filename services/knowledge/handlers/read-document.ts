import type { readDocument } from '../../../shared/contracts/knowledge.ts';
import type { Handler } from '../../../shared/bus/port.ts';
import { Failure } from '../../../shared/errors/failure.ts';
import type { Deps } from '../deps.ts';
import { readPart, versionsOf } from '../store/documents.ts';
import { knownDocument } from './known-document.ts';

/** A part of what the bot reads; throws `document_unknown`, also for another domain's and for a version that is not kept. */
export const handleReadDocument =
  ({ database }: Deps): Handler<typeof readDocument> =>
  async ({ domain_id, document_id, version, offset, limit }) =>
    database.run(async (client) => {
      const document = await knownDocument(client, domain_id, document_id);
      const wanted = version ?? document.version;
      const versions = await versionsOf(client, domain_id, { originalId: document_id });
      const row = versions.find((each) => each.version === wanted);
      if (row === undefined) throw new Failure('document_unknown', { detail: `Version ${wanted} is not kept` });
      const { text, total } = await readPart(client, row.id, { offset, limit });
      const end = offset + limit;
      return { document_id, version: wanted, text, offset, total, next_offset: end < total ? end : null };
    });
