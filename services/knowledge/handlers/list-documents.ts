import type { listDocuments } from '../../../shared/contracts/knowledge.ts';
import type { Handler } from '../../../shared/bus/port.ts';
import type { Deps } from '../deps.ts';
import { listPresent } from '../store/present-documents.ts';
import { viewDocument } from '../view.ts';

/** Each document once, newest first; a domain sees only its own. */
export const handleListDocuments =
  ({ database }: Deps): Handler<typeof listDocuments> =>
  async ({ domain_id, limit, cursor }) => {
    const page = await database.run((client) => listPresent(client, { domainId: domain_id, limit, cursor }));
    return { documents: page.rows.map(viewDocument), total: page.total, next_cursor: page.next_cursor };
  };
