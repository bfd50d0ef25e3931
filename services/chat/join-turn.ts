import type { z } from 'zod';
import type { Call } from '../../shared/bus/port.ts';
import type { ask } from '../../shared/contracts/chat.ts';
import { isCode } from '../../shared/errors/codes.ts';
import { Failure } from '../../shared/errors/failure.ts';
import type { Deps } from './deps.ts';
import { findSentQuestion, type SentQuestion, type StoredAnswer } from './store/turns.ts';

type AskInput = z.output<typeof ask.input>;

/** The question's turn ended because its process died or its asker left: nobody was told of an outcome. */
export const interruptedCode = 'interrupted';
const lookMs = 250;
const retryAfterMs = 1_000;

/**
 * Waits for the one answer to a question that another asker, here or at another replica, is being given; what fails there
 * fails here. Undefined when that turn was interrupted, so that this asker may take it. Throws `turn_in_progress` when it
 * takes longer than a lease and one look more: longer than any turn whose process died.
 */
export const joinTurn = async (deps: Deps, input: AskInput, call: Call): Promise<StoredAnswer | undefined> => {
  const { clock, settings } = deps;
  const until = Math.min(call.deadlineAt, clock.now() + settings.ASK_LEASE_MS + 4 * lookMs);
  while (clock.now() < until && !call.signal.aborted) {
    await clock.sleep(lookMs, call.signal);
    const sent = await findSent(deps, input);
    if (sent?.kind === 'answered') return sent.answer;
    if (sent?.kind === 'failed' && sent.code !== interruptedCode) {
      throw new Failure(sent.code !== null && isCode(sent.code) ? sent.code : 'agent_unavailable', { retryAfterMs });
    }
    if (sent?.kind !== 'pending') return undefined;
  }
  throw new Failure('turn_in_progress', { retryAfterMs });
};

/** The stored answer of a question that was sent before, whatever else is the matter. */
export const findStoredAnswer = async (deps: Deps, input: AskInput): Promise<StoredAnswer | undefined> => {
  const sent = await findSent(deps, input);
  return sent?.kind === 'answered' ? sent.answer : undefined;
};

const findSent = async ({ database }: Deps, input: AskInput): Promise<SentQuestion | undefined> => {
  const { domain_id: domainId, session_id: sessionId, user_id: userId, question, client_message_id } = input;
  if (client_message_id === undefined) return undefined;
  const sent = { domainId, sessionId, userId, question, clientMessageId: client_message_id };
  return database.run((client) => findSentQuestion(client, sent));
};
