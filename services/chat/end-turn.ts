import { answerFailed, questionAnswered } from '../../shared/contracts/chat.ts';
import { Failure } from '../../shared/errors/failure.ts';
import type { StartedTurn } from './begin-turn.ts';
import type { Deps } from './deps.ts';
import type { Draft } from './draft.ts';
import { failTurn, storeAnswer, type StoredAnswer } from './store/turns.ts';

const retryAfterMs = 2_000;

/** Stores the answer with the event that tells of it. Throws `service_unavailable` when the turn is no longer ours. */
export const endTurn = async (
  { messaging, clock }: Deps,
  turn: StartedTurn,
  { id, draft, startedAt }: { readonly id: string; readonly draft: Draft; readonly startedAt: number },
): Promise<StoredAnswer> => {
  const { text, evidence, tokensIn, tokensOut } = draft;
  const answeredAt = clock.now();
  const owed = messaging.owe(questionAnswered, {
    domainId: turn.domainId,
    data: {
      session_id: turn.sessionId,
      user_id: turn.userId,
      message_id: id,
      question: turn.question,
      answer: text,
      grounded: evidence.grounded,
      degraded: evidence.degraded,
      answered_at: new Date(answeredAt).toISOString(),
    },
  });
  const stored = { id, text, evidence };
  const latencyMs = answeredAt - startedAt;
  const isStored = await messaging.statement((client) =>
    storeAnswer(client, turn, { ...stored, latencyMs, tokensIn, tokensOut }, owed),
  );
  if (!isStored) throw new Failure('service_unavailable', { detail: 'The turn was given up', retryAfterMs });
  return stored;
};

/**
 * Notes that the question was not answered, and why. Never throws: the asker learns of the first failure whatever becomes
 * of this, and the sweeper finds a turn that stays behind.
 */
export const endTurnFailed = async ({ messaging, logger }: Deps, turn: StartedTurn, code: string): Promise<void> => {
  const { domainId, sessionId, questionId } = turn;
  const owed = messaging.owe(answerFailed, { domainId, data: { session_id: sessionId, message_id: questionId, code } });
  try {
    await messaging.statement((client) => failTurn(client, turn, code, owed));
  } catch (thrown) {
    logger.warn({ err: thrown }, 'failed turn not noted');
  }
};
