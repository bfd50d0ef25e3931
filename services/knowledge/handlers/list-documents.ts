import type { listDocuments } from '../../../shared/contracts/knowledge.ts';
import type { Handler } from '../../../shared/bus/port.ts';
import type { Deps } from '../deps.ts';
import { listDocuments as readPage } from '../store/documents.ts';
import { viewDocument } from '../view.ts';

/** Newest first; a domain sees only its own. */
export const handleListDocuments =
  ({ database }: Deps): Handler<typeof listDocuments> =>
  async ({ domain_id, limit, cursor }) => {
    const page = await database.run((client) => readPage(client, { domainId: domain_id, limit, cursor }));
    return { documents: page.rows.map(viewDocument), total: page.total, next_cursor: page.next_cursor };
  };
