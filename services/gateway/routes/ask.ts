import { z } from 'zod';
import type { Answer, AnswerFrame } from '../../../shared/contracts/chat.ts';
import { askAnswer, askBody } from '../../../shared/contracts/http/ask.ts';
import { Failure, toFailure } from '../../../shared/errors/failure.ts';
import { askFrames } from '../ask-frames.ts';
import type { Gateway } from '../gateway.ts';
import { contextOf } from '../http/exchange.ts';
import { idempotencyKeyOf } from '../http/idempotency.ts';
import { problemOf } from '../http/problem.ts';
import { answered, route, type Exchange } from '../http/route.ts';
import { openEventStream, wantsEvents, type StreamedEvent } from '../streaming/event-stream.ts';

/**
 * Asks a question and answers whole, or frame by frame for `Accept: text/event-stream`. What fails before the first frame
 * is an ordinary problem with its status; after it, an `error` event. The same `client_message_id` (or `Idempotency-Key`)
 * gives the one stored answer again.
 */
export const askRoute = route({
  method: 'post',
  path: '/ask',
  tag: 'conversation',
  summary: 'Ask a question',
  description:
    'Events: `meta`, `token`…, `citation`…, then `end` with the whole answer, or `error` with a problem. What `end` says ' +
    'counts, whatever was shown before; without it there is no answer, and the same `client_message_id` asks again. ' +
    '`degraded` tells what an answer had to do without: `search_only` means that the agent could not be asked, and the ' +
    'answer is what the documents say.',
  credential: 'visitor',
  input: z.object({ body: askBody }),
  output: askAnswer,
  failures: [
    'session_unknown',
    'agent_deploying',
    'agent_failed',
    'agent_unavailable',
    'turn_in_progress',
    'idempotency_key_reused',
    'rate_limited',
    'overloaded',
  ],
  events: 'on-accept',
  isIdempotent: true,
  handle: (gateway) => async (input, exchange) => {
    const { question, session_id, user_id, website_context, client_message_id } = input.body;
    const clientMessageId = client_message_id ?? idempotencyKeyOf(exchange.request) ?? gateway.clock.newId();
    const isWhole = !wantsEvents(exchange.request);
    const frames = (signal: AbortSignal): AsyncIterable<AnswerFrame> =>
      askFrames(
        gateway.bus,
        {
          domain_id: exchange.caller.domain.domain_id,
          session_id,
          user_id,
          question,
          website_context,
          client_message_id: clientMessageId,
          is_whole: isWhole,
        },
        { ...exchange.call(gateway.config.askTimeoutMs), signal },
      );
    if (isWhole) return wholeAnswer(frames, exchange);
    await streamAnswer(gateway, frames, exchange);
    return answered;
  },
});

type Frames = (signal: AbortSignal) => AsyncIterable<AnswerFrame>;

const wholeAnswer = async (frames: Frames, { response }: Exchange<'visitor'>): Promise<Answer> => {
  const gone = new AbortController();
  const leave = (): void => gone.abort('the caller left');
  // Who left before this has closed already and will not again.
  if (response.destroyed) leave();
  response.once('close', () => {
    if (!response.writableFinished) leave();
  });
  for await (const frame of frames(gone.signal)) {
    if (frame.type === 'end') return frame.answer;
  }
  throw new Failure('service_unavailable', { detail: 'The answer was cut off' });
};

const streamAnswer = async (
  gateway: Gateway,
  frames: Frames,
  { request, response }: Exchange<'visitor'>,
): Promise<void> => {
  if (response.destroyed) return;
  const stream = openEventStream(response, gateway.streams, 'answer');
  let messageId = '';
  let sent = 0;
  const send = (event: StreamedEvent): void => stream.send({ ...event, id: `${messageId}:${++sent}` });
  try {
    for await (const frame of frames(stream.signal)) {
      if (frame.type === 'meta') messageId = frame.message_id;
      send(eventOf(frame));
    }
  } catch (thrown) {
    if (!response.headersSent) throw thrown;
    if (stream.signal.aborted) return;
    const failure = toFailure(thrown);
    const context = contextOf(request);
    context.failureCode = failure.code;
    if (failure.code === 'internal') gateway.logger.error({ err: thrown }, 'answer failed');
    send({ event: 'error', data: problemOf(failure, { requestId: context.requestId, path: '/ask' }) });
  }
  stream.end();
};

const eventOf = (frame: AnswerFrame): StreamedEvent => {
  switch (frame.type) {
    case 'meta':
      return { event: 'meta', data: { message_id: frame.message_id, session_id: frame.session_id } };
    case 'token':
      return { event: 'token', data: { text: frame.text } };
    case 'citation':
      return { event: 'citation', data: frame.citation };
    case 'end':
      return { event: 'end', data: frame.answer };
  }
};
