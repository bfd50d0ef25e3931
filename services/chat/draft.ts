import type { Call } from '../../shared/bus/port.ts';
import { searchOnly } from '../../shared/contracts/chat.ts';
import { searchPassages } from '../../shared/contracts/knowledge.ts';
import { Failure } from '../../shared/errors/failure.ts';
import type { StartedTurn } from './begin-turn.ts';
import type { Deps } from './deps.ts';
import { citationsOf, sourcesOf, type Evidence } from './evidence.ts';
import { bestQuote } from './quote.ts';
import type { Recalled } from './recall.ts';
import type { ReplyResult } from './reply.ts';

/** An answer that is whole but not stored yet. */
export interface Draft {
  readonly text: string;
  readonly evidence: Evidence;
  readonly tokensIn: number | null;
  readonly tokensOut: number | null;
}

const namesTimeoutMs = 1_000;

/** What the agent said. Throws `agent_unavailable` when that was not a word. */
export const draftFromAgent = async (
  deps: Deps,
  turn: StartedTurn,
  { reply, recalled }: { readonly reply: ReplyResult; readonly recalled: Recalled },
  call: Call,
): Promise<Draft> => {
  const { answer, passages, tokensIn, tokensOut } = reply;
  if (answer.text === '') throw new Failure('agent_unavailable', { cause: new Error('an answer without a word') });
  const storedNames = answer.chunkIds.map((chunkId) => passages.get(chunkId)?.storedName ?? '');
  const deadlineAt = Math.min(call.deadlineAt, deps.clock.now() + namesTimeoutMs);
  const sources = await deps.sources.resolve(turn.domainId, storedNames, { ...call, deadlineAt });
  const citations = [...citationsOf(answer, passages, sources)];
  return {
    text: answer.text,
    evidence: {
      citations,
      sources: sourcesOf(citations),
      grounded: citations.length > 0,
      memories_used: recalled.memories.length,
      degraded: [...recalled.degraded],
    },
    tokensIn,
    tokensOut,
  };
};

/** What the domain's documents say, without the agent; undefined when that is nothing, or could not be found out in time. */
export const draftFromDocuments = async (deps: Deps, turn: StartedTurn, call: Call): Promise<Draft | undefined> => {
  const { bus, clock, logger, settings } = deps;
  const deadlineAt = Math.min(call.deadlineAt, clock.now() + settings.ASK_SEARCH_TIMEOUT_MS);
  try {
    const { domainId: domain_id, question } = turn;
    const { passages } = await bus.ask(searchPassages, { domain_id, question }, { ...call, deadlineAt });
    if (passages.length === 0) return undefined;
    const answers = passages.map(({ answer }) => withoutMarks(answer));
    const citations = passages.map(({ document_id, document, heading, page, url, text }, at) => {
      const quote = bestQuote(text, answers[at] ?? '');
      return { index: at + 1, document_id, document, heading, page, url, quote };
    });
    return {
      text: answers.map((answer, at) => `${answer} [${at + 1}]`).join('\n\n'),
      evidence: { citations, sources: sourcesOf(citations), grounded: true, memories_used: 0, degraded: [searchOnly] },
      tokensIn: null,
      tokensOut: null,
    };
  } catch (thrown) {
    logger.warn({ err: thrown }, 'documents not searched');
    return undefined;
  }
};

// A document's own `[3]` would be shown as the number of a source.
const withoutMarks = (text: string): string => text.replace(/ ?\[\d{1,3}\]/g, '');
