import type { Handler } from '../../../shared/bus/port.ts';
import type { getSession } from '../../../shared/contracts/chat.ts';
import type { Deps } from '../deps.ts';
import { findSession } from '../store/sessions.ts';

/** One session of the domain. Throws `session_unknown`, alike for a missing session and for another domain's. */
export const handleGetSession =
  ({ database }: Deps): Handler<typeof getSession> =>
  async ({ domain_id, session_id }) => ({
    session: await database.run((client) => findSession(client, { domainId: domain_id, sessionId: session_id })),
  });
