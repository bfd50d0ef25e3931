import type { z } from 'zod';
import type { Call, StreamHandler } from '../../../shared/bus/port.ts';
import type { AnswerFrame, ask } from '../../../shared/contracts/chat.ts';
import { Failure, toFailure } from '../../../shared/errors/failure.ts';
import type { AgentAccess } from '../agent-access.ts';
import { beginTurn, type BegunTurn } from '../begin-turn.ts';
import type { Deps } from '../deps.ts';
import { findStoredAnswer } from '../join-turn.ts';
import { recallFor, type Recalled } from '../recall.ts';
import { replayAnswer, runTurn } from '../run-turn.ts';

type AskInput = z.output<typeof ask.input>;

/**
 * Answers a question, frame by frame. The question is stored before the agent is asked, the answer before `end` is sent; the
 * same `client_message_id` gives the one stored answer, whatever became of the agent. While the agent deploys nothing is
 * stored. Recall runs beside storing and may fail; the answer then says so in `degraded`.
 * Throws what the contract names, `idempotency_key_reused`, `deadline_exceeded` and `invalid_request` (a question of blanks).
 */
export const handleAsk = (deps: Deps): StreamHandler<typeof ask> =>
  async function* (given, call): AsyncGenerator<AnswerFrame> {
    const input = { ...given, question: given.question.trim() };
    if (input.question === '') {
      const errors = [{ path: 'question', message: 'must hold more than blanks' }];
      throw new Failure('invalid_request', { detail: 'The question is empty', errors });
    }
    const leave = deps.slots.enter(input.domain_id);
    try {
      for await (const frame of answerFrames(deps, input, call)) {
        if (!input.is_whole || frame.type === 'meta' || frame.type === 'end') yield frame;
      }
    } finally {
      leave();
    }
  };

async function* answerFrames(deps: Deps, input: AskInput, call: Call): AsyncGenerator<AnswerFrame> {
  const access = await findAccess(deps, input, call);
  if (access instanceof Failure && access.code !== 'agent_unavailable') {
    const stored = await findStoredAnswer(deps, input);
    if (stored === undefined) throw access;
    yield* replayAnswer(input.session_id, stored);
    return;
  }
  const { turn, recalled } = await beginAndRecall(deps, input, call);
  if (turn.kind === 'answered') yield* replayAnswer(input.session_id, turn.answer);
  else yield* runTurn(deps, { input, access, turn, recalled }, call);
}

const findAccess = async (deps: Deps, input: AskInput, call: Call): Promise<AgentAccess | Failure> => {
  try {
    return await deps.access.get(input.domain_id, call);
  } catch (thrown) {
    return toFailure(thrown);
  }
};

const beginAndRecall = async (
  deps: Deps,
  input: AskInput,
  call: Call,
): Promise<{ readonly turn: BegunTurn; readonly recalled: Recalled }> => {
  const recall = (userId: string): Promise<Recalled> => recallFor(deps, { ...input, user_id: userId }, call);
  if (input.user_id !== undefined) {
    const [turn, recalled] = await Promise.all([beginTurn(deps, input, call), recall(input.user_id)]);
    return { turn, recalled };
  }
  const turn = await beginTurn(deps, input, call);
  // Only a started turn needs memories; a replayed one has them in its evidence.
  return { turn, recalled: turn.kind === 'started' ? await recall(turn.userId) : { memories: [], degraded: [] } };
};
