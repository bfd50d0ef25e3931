import type { z } from 'zod';
import type { Call } from '../../shared/bus/port.ts';
import type { Answer, AnswerFrame, ask } from '../../shared/contracts/chat.ts';
import { memoryCommandIn } from '../../shared/contracts/memory-command.ts';
import { Failure, toFailure } from '../../shared/errors/failure.ts';
import { upstreamStatusOf } from '../../shared/http/status.ts';
import type { AgentAccess } from './agent-access.ts';
import type { AgentChunk } from './agent-chunk.ts';
import type { StartedTurn } from './begin-turn.ts';
import type { Deps } from './deps.ts';
import { buildPrompt, type AgentMessage } from './domain.ts';
import { draftFromAgent, draftFromDocuments, type Draft } from './draft.ts';
import { endTurn, endTurnFailed } from './end-turn.ts';
import { holdTurn, type HeldTurn } from './held-turn.ts';
import { interruptedCode } from './join-turn.ts';
import { joinLiveText } from './live-text.ts';
import { draftForCommand } from './memory-reply.ts';
import type { Recalled } from './recall.ts';
import { createReply, type Reply } from './reply.ts';
import { renewTurn, type StoredAnswer } from './store/turns.ts';

interface TurnParts {
  readonly input: z.output<typeof ask.input>;
  /** Or why it is not known where the agent is. */
  readonly access: AgentAccess | Failure;
  readonly turn: StartedTurn;
  readonly recalled: Recalled;
}

const retryAfterMs = 2_000;

/** The frames of an answer that was stored before. */
export function* replayAnswer(sessionId: string, stored: StoredAnswer): Generator<AnswerFrame> {
  yield { type: 'meta', message_id: stored.id, session_id: sessionId };
  yield { type: 'token', text: stored.text };
  yield* closingFrames(sessionId, stored);
}

/**
 * Asks the agent, shows its words as they come, stores the answer, and only then ends. Shows what the documents say
 * instead when the agent fails before its first word; never after it. A turn that fails says why, once.
 */
export async function* runTurn(deps: Deps, parts: TurnParts, call: Call): AsyncGenerator<AnswerFrame> {
  const { turn } = parts;
  const startedAt = deps.clock.now();
  const id = deps.clock.newId();
  const held = holdTurn({
    logger: deps.logger,
    leaseMs: deps.settings.ASK_LEASE_MS,
    timeoutMs: Math.max(0, Math.min(deps.settings.ASK_TIMEOUT_MS, call.deadlineAt - startedAt)),
    asker: call.signal,
    renew: () => deps.database.run((client) => renewTurn(client, turn, deps.settings.ASK_LEASE_MS)),
  });
  let isSettled = false;
  try {
    yield { type: 'meta', message_id: id, session_id: turn.sessionId };
    const draft = yield* writeDraft(deps, parts, held, call);
    const stored = await endTurn(deps, turn, { id, draft, startedAt });
    isSettled = true;
    yield* closingFrames(turn.sessionId, stored);
  } catch (thrown) {
    if (isSettled) throw thrown;
    isSettled = true;
    const { failure, code } = judge(deps, toFailure(thrown), held, call);
    await endTurnFailed(deps, turn, code);
    throw failure;
  } finally {
    held.release();
    // Reached unsettled only when the asker left between two frames.
    if (!isSettled) await endTurnFailed(deps, turn, interruptedCode);
  }
}

function* closingFrames(sessionId: string, { id, text, evidence }: StoredAnswer): Generator<AnswerFrame> {
  for (const citation of evidence.citations) yield { type: 'citation', citation };
  const answer: Answer = { message_id: id, session_id: sessionId, answer: text, ...evidence };
  yield { type: 'end', answer };
}

/** Yields the text while it is written, and returns it with what it rests on. */
async function* writeDraft(
  deps: Deps,
  parts: TurnParts,
  held: HeldTurn,
  call: Call,
): AsyncGenerator<AnswerFrame, Draft> {
  const command = memoryCommandIn(parts.turn.question);
  if (command !== undefined) {
    const draft = draftForCommand(command, { userId: parts.turn.userId, recalled: parts.recalled });
    yield { type: 'token', text: draft.text };
    return draft;
  }
  const reply = createReply();
  let hasShown = false;
  try {
    const chunks = await askAgent(deps, parts, held.signal, call);
    for await (const text of joinLiveText(visibleText(chunks, reply))) {
      hasShown = true;
      yield { type: 'token', text };
    }
    return await draftFromAgent(deps, parts.turn, { reply: reply.result(), recalled: parts.recalled }, call);
  } catch (thrown) {
    if (hasShown || call.signal.aborted || toFailure(thrown).code !== 'agent_unavailable') throw thrown;
    deps.logger.warn({ err: thrown }, 'answering without the agent');
    const draft = await draftFromDocuments(deps, parts.turn, call);
    if (draft === undefined) throw thrown;
    yield { type: 'token', text: draft.text };
    return draft;
  }
}

const askAgent = async (
  deps: Deps,
  { input, access, turn, recalled }: TurnParts,
  signal: AbortSignal,
  call: Call,
): Promise<AsyncIterable<AgentChunk>> => {
  if (access instanceof Failure) throw access;
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
      if (status === 404 || status === 410) deps.access.reportGone(turn.domainId, call);
      deps.access.refresh(turn.domainId);
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
