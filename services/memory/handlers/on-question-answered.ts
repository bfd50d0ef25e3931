import type { Delivery } from '../../../shared/bus/port.ts';
import type { questionAnswered } from '../../../shared/contracts/chat.ts';
import { memoryCommandIn } from '../../../shared/contracts/memory-command.ts';
import { memoryRecorded } from '../../../shared/contracts/memory.ts';
import type { Transaction } from '../../../shared/db/client.ts';
import { Failure } from '../../../shared/errors/failure.ts';
import type { Deps } from '../deps.ts';
import { isRememberable, isTellable } from '../domain.ts';
import { extractFacts } from '../facts/extract-facts.ts';
import { indexTextOf } from '../index-text.ts';
import { obeyCommand } from '../obey-command.ts';
import { redact } from '../redaction.ts';
import { insertTurn, type Said } from '../store/turns.ts';
import { userHashOf } from '../user-hash.ts';

// Longer turns are pasted logs or articles: their beginning says what they were about.
const turnCharsMax = 8_000;

/**
 * Remembers both sides of a turn and the facts in them, secrets taken out first. What the visitor tells
 * the memory itself is done, not stored. Nothing of the shared `anonymous` user. Throws `conflict` for a
 * turn so old that nobody knows any more whether its domain was removed.
 */
export const handleQuestionAnswered =
  ({ messaging, clock }: Pick<Deps, 'messaging' | 'clock'>) =>
  async (tx: Transaction, { envelope, data }: Delivery<typeof questionAnswered>): Promise<void> => {
    if (!isRememberable(data.user_id)) return;
    if (!isTellable(data.answered_at, clock.now()))
      throw new Failure('conflict', { detail: 'The turn is too old to be remembered' });
    const domainId = envelope.domain_id;
    const command = memoryCommandIn(data.question);
    if (command !== undefined) {
      const { user_id: userId, session_id: sessionId, answered_at: answeredAt } = data;
      const userHash = userHashOf(domainId, userId);
      return obeyCommand(tx, command, { domainId, userId, userHash, sessionId, answeredAt });
    }
    const say = (words: string): Said => {
      const text = redact(words.slice(0, turnCharsMax).toWellFormed());
      return { id: clock.newId(), text, index: indexTextOf(text) };
    };
    const owed = messaging.owe(memoryRecorded, {
      domainId,
      data: { session_id: data.session_id, message_id: data.message_id, turns: 2 },
    });
    const question = say(data.question);
    const answer = say(data.answer);
    const factsOf = (role: 'user' | 'assistant', { id: turnId, text }: Said) =>
      extractFacts(role, text).map((fact) => ({ ...fact, id: clock.newId(), turnId }));
    const turn = {
      domainId,
      userId: data.user_id,
      userHash: userHashOf(domainId, data.user_id),
      sessionId: data.session_id,
      messageId: data.message_id,
      answeredAt: data.answered_at,
      question,
      answer,
      facts: [...factsOf('user', question), ...factsOf('assistant', answer)],
      deliveryId: clock.newId(),
    };
    await insertTurn(tx, turn, owed);
  };
