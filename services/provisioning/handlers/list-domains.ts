import type { Handler } from '../../../shared/bus/port.ts';
import type { listDomains } from '../../../shared/contracts/provisioning.ts';
import { decodeCursor, pageOf } from '../../../shared/db/cursor.ts';
import { listDomainRows } from '../store/domains.ts';
import { viewOf } from '../view.ts';
import type { HandlerDeps } from './deps.ts';

/** All domains, newest first. Throws `invalid_request` for a cursor that is not ours. */
export const handleListDomains =
  ({ database }: HandlerDeps): Handler<typeof listDomains> =>
  async ({ limit, cursor }) => {
    const after = decodeCursor(cursor);
    const { rows, total } = await database.run((client) => listDomainRows(client, { limit, after }));
    const page = pageOf(rows, limit, (row) => row);
    return { domains: page.rows.map(viewOf), total, next_cursor: page.next_cursor };
  };
