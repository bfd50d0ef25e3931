import type { z } from 'zod';
import type { Bus, CallContext } from '../../shared/bus/port.ts';
import { ask, type AnswerFrame } from '../../shared/contracts/chat.ts';
import { toFailure } from '../../shared/errors/failure.ts';

/** `client_message_id` makes asking twice safe: it is one question with one answer. */
type AskInput = z.input<typeof ask.input> & { readonly client_message_id: string };
type AskContext = CallContext & { readonly signal: AbortSignal };

/**
 * The frames of an answer, also when the process that writes it dies: the question is asked once more, and another gives
 * what was stored or begins anew. Nothing is shown twice and no two answers are mixed: after a word was shown, all that
 * follows is the `end` with the whole answer, else a second `meta` and the answer. Throws what `askStream` throws.
 */
export async function* askFrames(bus: Bus, input: AskInput, context: AskContext): AsyncGenerator<AnswerFrame> {
  let hasBegun = false;
  let hasShown = false;
  try {
    for await (const frame of bus.askStream(ask, input, context)) {
      hasBegun = true;
      hasShown ||= frame.type !== 'meta';
      yield frame;
    }
    return;
  } catch (thrown) {
    // A question that was refused before it began was not cut off.
    if (!hasBegun || context.signal.aborted || toFailure(thrown).code !== 'service_unavailable') throw thrown;
  }
  for await (const frame of bus.askStream(ask, input, context)) {
    if (!hasShown || frame.type === 'end') yield frame;
  }
}
