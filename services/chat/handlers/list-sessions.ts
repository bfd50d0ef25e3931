import type { Handler } from '../../../shared/bus/port.ts';
import type { listSessions as contract } from '../../../shared/contracts/chat.ts';
import type { Deps } from '../deps.ts';
import { listSessions } from '../store/sessions.ts';

/** Sessions newest first, a page at a time. Throws `invalid_request` for a cursor that is not ours. */
export const handleListSessions =
  ({ database }: Deps): Handler<typeof contract> =>
  async ({ domain_id, user_id, limit, cursor }) =>
    database.run((client) => listSessions(client, { domainId: domain_id, userId: user_id }, { limit, cursor }));
