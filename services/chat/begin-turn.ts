import type { z } from 'zod';
import type { Call } from '../../shared/bus/port.ts';
import { answerFailed, type ask } from '../../shared/contracts/chat.ts';
import { Failure } from '../../shared/errors/failure.ts';
import type { Deps } from './deps.ts';
import type { PastTurn } from './domain.ts';
import { interruptedCode, joinTurn } from './join-turn.ts';
import { failTurn, releaseTurn, startTurn, type StoredAnswer, type TurnPlace } from './store/turns.ts';

/** A turn that is ours to answer, or the answer that was given before. */
export type BegunTurn =
  { readonly kind: 'answered'; readonly answer: StoredAnswer } | ({ readonly kind: 'started' } & StartedTurn);

export interface StartedTurn extends TurnPlace {
  readonly domainId: string;
  readonly userId: string;
  readonly question: string;
  readonly history: readonly PastTurn[];
}

const looksMax = 4;
const pastTurnsMax = 10;
const retryAfterMs = 1_000;

/**
 * Stores the question and takes the session's turn; finds the answer of a question that was sent before, and waits for it
 * while it is being written. Throws `session_unknown`, `turn_in_progress` while another question of the session is being answered, and
 * `idempotency_key_reused` for a client message id under which another question was sent.
 */
export const beginTurn = async (deps: Deps, input: z.output<typeof ask.input>, call: Call): Promise<BegunTurn> => {
  const { domain_id: domainId, session_id: sessionId } = input;
  const token = deps.clock.newId();
  for (let look = 0; look < looksMax; look += 1) {
    const start = await deps.database.run((client) =>
      startTurn(client, {
        domainId,
        sessionId,
        userId: input.user_id,
        question: input.question,
        clientMessageId: input.client_message_id,
        newId: deps.clock.newId(),
        token,
        leaseMs: deps.settings.ASK_LEASE_MS,
        pastTurnsMax,
      }),
    );
    switch (start.kind) {
      case 'answered':
        return start;
      case 'started':
        return { ...start, domainId, sessionId, token };
      case 'reused':
        throw new Failure('idempotency_key_reused');
      case 'running': {
        const answer = start.isSame ? await joinTurn(deps, input, call) : undefined;
        if (answer !== undefined) return { kind: 'answered', answer };
        if (!start.isSame) throw new Failure('turn_in_progress', { retryAfterMs });
        break;
      }
      case 'expired':
        await interruptTurn(deps, { domainId, sessionId, questionId: start.questionId });
        break;
      case 'overtaken':
        await deps.database.run((client) => releaseTurn(client, sessionId, token));
        break;
    }
  }
  throw new Failure('turn_in_progress', { retryAfterMs });
};

/** Ends a turn whose process fell silent: its question failed, and who waits is told. */
export const interruptTurn = async (
  { messaging }: Pick<Deps, 'messaging'>,
  turn: { readonly domainId: string; readonly sessionId: string; readonly questionId: string },
): Promise<void> => {
  const { domainId, sessionId, questionId } = turn;
  const owed = messaging.owe(answerFailed, {
    domainId,
    data: { session_id: sessionId, message_id: questionId, code: interruptedCode },
  });
  await messaging.statement((client) =>
    failTurn(client, { sessionId, questionId, token: null }, interruptedCode, owed),
  );
};
