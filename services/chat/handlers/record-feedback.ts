import type { Handler } from '../../../shared/bus/port.ts';
import { feedbackGiven, type recordFeedback } from '../../../shared/contracts/chat.ts';
import { Failure } from '../../../shared/errors/failure.ts';
import type { Deps } from '../deps.ts';
import { upsertFeedback } from '../store/history.ts';

/** Notes what a visitor thinks of an answer; a second opinion replaces the first. Throws `not_found`. */
export const handleRecordFeedback =
  ({ messaging }: Deps): Handler<typeof recordFeedback> =>
  async ({ domain_id, session_id, message_id, rating, comment }) => {
    const owed = messaging.owe(feedbackGiven, { domainId: domain_id, data: { message_id, rating } });
    const feedback = { domainId: domain_id, sessionId: session_id, messageId: message_id, rating, comment };
    const isKnown = await messaging.statement((client) => upsertFeedback(client, feedback, owed));
    if (!isKnown) throw new Failure('not_found', { detail: 'The message does not exist' });
    return { message_id, rating };
  };
