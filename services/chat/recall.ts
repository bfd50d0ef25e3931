import type { z } from 'zod';
import type { Call } from '../../shared/bus/port.ts';
import type { ask } from '../../shared/contracts/chat.ts';
import { recall } from '../../shared/contracts/memory.ts';
import type { Deps } from './deps.ts';

export interface Recalled {
  readonly memories: readonly string[];
  readonly degraded: readonly string[];
}

/** What earlier sessions of the visitor say about the question. Never throws: an answer without memory is an answer. */
export const recallFor = async (
  { bus, clock, logger, settings }: Deps,
  input: z.output<typeof ask.input> & { readonly user_id: string },
  call: Call,
): Promise<Recalled> => {
  const deadlineAt = Math.min(call.deadlineAt, clock.now() + settings.RECALL_TIMEOUT_MS);
  const { domain_id, user_id, session_id, question } = input;
  try {
    const { facts, memories, degraded } = await bus.ask(
      recall,
      { domain_id, user_id, session_id, question, token_budget: settings.RECALL_TOKENS_MAX },
      { deadlineAt, correlationId: call.correlationId },
    );
    return { memories: [...facts, ...memories].map(({ text }) => text), degraded };
  } catch (thrown) {
    logger.warn({ err: thrown }, 'answering without memory');
    return { memories: [], degraded: ['memory'] };
  }
};
