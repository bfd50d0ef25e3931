import type { Handler } from '../../../shared/bus/port.ts';
import { openSession, sessionOpened } from '../../../shared/contracts/chat.ts';
import type { Transaction } from '../../../shared/db/client.ts';
import type { Deps } from '../deps.ts';
import { insertSession } from '../store/sessions.ts';

/**
 * Opens a conversation for a user of the domain. The same idempotency key gives the same session; throws
 * `idempotency_key_reused` when it comes with another body.
 */
export const handleOpenSession =
  ({ messaging, clock }: Deps): Handler<typeof openSession> =>
  async ({ domain_id, user_id, website_url, idempotency }) => {
    const id = clock.newId();
    const owed = messaging.owe(sessionOpened, { domainId: domain_id, data: { session_id: id, user_id } });
    const insert = async (client: Transaction) => ({
      session: await insertSession(client, { id, domainId: domain_id, userId: user_id, websiteUrl: website_url }, owed),
    });
    // Most sessions are opened without a key, and one statement is all they need.
    if (idempotency === undefined) return messaging.statement(insert);
    return messaging.once({ scope: domain_id, idempotency }, openSession.output, insert);
  };
