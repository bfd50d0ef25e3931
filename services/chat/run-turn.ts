import type { z } from 'zod';
import type { Call } from '../../shared/bus/port.ts';
import {
  answerFailed,
  questionAnswered,
  type Answer,
  type AnswerFrame,
  type ask,
} from '../../shared/contracts/chat.ts';
import { Failure, toFailure } from '../../shared/errors/failure.ts';
import { upstreamStatusOf } from '../../shared/http/status.ts';
import type { AgentAccess } from './agent-access.ts';
import type { AgentChunk } from './agent-chunk.ts';
import { interruptedCode, type StartedTurn } from './begin-turn.ts';
import type { Deps } from './deps.ts';
import { buildPrompt, type AgentMessage } from './domain.ts';
import { citationsOf, sourcesOf, type Evidence } from './evidence.ts';
import { holdTurn, type HeldTurn } from './held-turn.ts';
import { joinLiveText } from './live-text.ts';
import type { Recalled } from './recall.ts';
import { createReply, type Reply } from './reply.ts';
import { failTurn, renewTurn, storeAnswer, type StoredAnswer } from './store/turns.ts';

interface TurnParts {
  readonly input: z.output<typeof ask.input>;
  readonly access: AgentAccess;
  readonly turn: StartedTurn;
  readonly recalled: Recalled;
}

const retryAfterMs = 2_000;
const namesTimeoutMs = 1_000;

/** The frames of an answer that was stored before. */
export function* replayAnswer(sessionId: string, stored: StoredAnswer): Generator<AnswerFrame> {
  yield { type: 'meta', message_id: stored.id, session_id: sessionId };
  yield { type: 'token', text: stored.text };
  yield* closingFrames(sessionId, stored);
}

/** Asks the agent, shows its words as they come, stores the answer, and only then ends. A turn that fails says why, once. */
export async function* runTurn(deps: Deps, parts: TurnParts, call: Call): AsyncGenerator<AnswerFrame> {
  const { turn } = parts;
  const startedAt = deps.clock.now();
  const answerId = deps.clock.newId();
  const held = holdTurn({
    clock: deps.clock,
    logger: deps.logger,
    leaseMs: deps.settings.ASK_LEASE_MS,
    timeoutMs: Math.max(0, Math.min(deps.settings.ASK_TIMEOUT_MS, call.deadlineAt - startedAt)),
    asker: call.signal,
    renew: () => deps.database.run((client) => renewTurn(client, turn, deps.settings.ASK_LEASE_MS)),
  });
  let isSettled = false;
  const reply = createReply();
  try {
    yield { type: 'meta', message_id: answerId, session_id: turn.sessionId };
    const chunks = await askAgent(deps, parts, held.signal, call);
    for await (const text of joinLiveText(visibleText(chunks, reply))) yield { type: 'token', text };
    const stored = await settle(deps, parts, { id: answerId, reply, startedAt }, call);
    isSettled = true;
    yield* closingFrames(turn.sessionId, stored);
  } catch (thrown) {
    if (isSettled) throw thrown;
    isSettled = true;
    const { failure, code } = judge(deps, toFailure(thrown), held, call);
    await recordFailure(deps, turn, code);
    throw failure;
  } finally {
    held.release();
    // Reached unsettled only when the asker left between two frames.
    if (!isSettled) await recordFailure(deps, turn, interruptedCode);
  }
}

function* closingFrames(sessionId: string, { id, text, evidence }: StoredAnswer): Generator<AnswerFrame> {
  for (const citation of evidence.citations) yield { type: 'citation', citation };
  const answer: Answer = { message_id: id, session_id: sessionId, answer: text, ...evidence };
  yield { type: 'end', answer };
}

const askAgent = async (
  deps: Deps,
  { input, access, turn, recalled }: TurnParts,
  signal: AbortSignal,
  call: Call,
): Promise<AsyncIterable<AgentChunk>> => {
  const messages: readonly AgentMessage[] = buildPrompt({
    question: turn.question,
    history: turn.history,
    historyTokensMax: deps.settings.ASK_HISTORY_TOKENS_MAX,
    memories: recalled.memories,
    websiteContext: input.website_context,
  });
  try {
    return await deps.agent.complete(access, messages, signal);
  } catch (thrown) {
    const status = upstreamStatusOf(thrown);
    if (status !== 401 && status !== 403) {
      deps.access.drop(turn.domainId);
      throw thrown;
    }
    const renewed = await deps.access.renew(turn.domainId, access, call);
    return deps.agent.complete(renewed, messages, signal);
  }
};

async function* visibleText(chunks: AsyncIterable<AgentChunk>, reply: Reply): AsyncGenerator<string> {
  for await (const chunk of chunks) {
    const text = reply.push(chunk);
    if (text !== '') yield text;
  }
  const rest = reply.end();
  if (rest !== '') yield rest;
}

const settle = async (
  deps: Deps,
  { turn, recalled }: TurnParts,
  end: { readonly id: string; readonly reply: Reply; readonly startedAt: number },
  call: Call,
): Promise<StoredAnswer> => {
  const { answer, passages, tokensIn, tokensOut } = end.reply.result();
  if (answer.text === '') throw new Failure('agent_unavailable', { cause: new Error('an answer without a word') });
  const storedNames = answer.chunkIds.map((chunkId) => passages.get(chunkId)?.storedName ?? '');
  const deadlineAt = Math.min(call.deadlineAt, deps.clock.now() + namesTimeoutMs);
  const sources = await deps.sources.resolve(turn.domainId, storedNames, { ...call, deadlineAt });
  const citations = [...citationsOf(answer, passages, sources)];
  const evidence: Evidence = {
    citations,
    sources: sourcesOf(citations),
    grounded: citations.length > 0,
    memories_used: recalled.memories.length,
    degraded: [...recalled.degraded],
  };
  const answeredAt = deps.clock.now();
  const owed = deps.messaging.owe(questionAnswered, {
    domainId: turn.domainId,
    data: {
      session_id: turn.sessionId,
      user_id: turn.userId,
      message_id: end.id,
      question: turn.question,
      answer: answer.text,
      grounded: evidence.grounded,
      answered_at: new Date(answeredAt).toISOString(),
    },
  });
  const stored = { id: end.id, text: answer.text, evidence };
  const latencyMs = answeredAt - end.startedAt;
  const isStored = await deps.messaging.statement((client) =>
    storeAnswer(client, turn, { ...stored, latencyMs, tokensIn, tokensOut }, owed),
  );
  if (!isStored) throw new Failure('service_unavailable', { detail: 'The turn was given up', retryAfterMs });
  return stored;
};

/** What the asker is told, and what is noted beside the question. */
const judge = (
  { clock, settings }: Deps,
  failure: Failure,
  held: HeldTurn,
  call: Call,
): { readonly failure: Failure; readonly code: string } => {
  if (call.signal.aborted && clock.now() < call.deadlineAt) return { failure, code: interruptedCode };
  if (call.signal.aborted || (held.signal.aborted && clock.now() >= call.deadlineAt)) {
    return { failure: new Failure('deadline_exceeded', { retryAfterMs, cause: failure }), code: 'deadline_exceeded' };
  }
  if (failure.code !== 'agent_unavailable') return { failure, code: failure.code };
  const after = failure.retryAfterMs ?? retryAfterMs;
  const cause = held.signal.aborted ? new Error(`over ${settings.ASK_TIMEOUT_MS} ms`, { cause: failure }) : failure;
  return { failure: new Failure('agent_unavailable', { retryAfterMs: after, cause }), code: failure.code };
};

// The asker learns of the first failure whatever becomes of this one: the sweeper finds a turn that stays behind.
const recordFailure = async ({ messaging, logger }: Deps, turn: StartedTurn, code: string): Promise<void> => {
  const { domainId, sessionId, questionId } = turn;
  const owed = messaging.owe(answerFailed, { domainId, data: { session_id: sessionId, message_id: questionId, code } });
  try {
    await messaging.statement((client) => failTurn(client, turn, code, owed));
  } catch (thrown) {
    logger.warn({ err: thrown }, 'failed turn not noted');
  }
};
