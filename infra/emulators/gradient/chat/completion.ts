import type { Response } from 'express';
import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { Midstream } from '../../support/fault-middleware.ts';
import { inferenceName } from '../models.ts';
import type { Platform } from '../platform.ts';
import type { Agent } from '../state.ts';
import type { ChatBody } from './chat-contract.ts';
import { citedItems, type Reply } from './reply.ts';

interface Completion {
  readonly platform: Platform;
  readonly agent: Agent;
  readonly body: ChatBody;
  readonly reply: Reply;
  readonly midstream: Midstream | undefined;
}

/** Sends an answer in one piece. As recorded from the platform: no `finish_reason`. */
export const sendWhole = async (completion: Completion, response: Response): Promise<void> => {
  let text = '';
  try {
    for await (const piece of completion.reply.pieces) text += piece;
  } catch (error) {
    console.error('An answer failed:', error);
    response.status(500).json({ detail: 'Internal Server Error' });
    return;
  }
  response.json({
    ...envelope(completion, 'chat.completion'),
    choices: [{ index: 0, message: { role: 'assistant', content: text } }],
    ...extras(completion, text),
    usage: usageOf(completion, text),
  });
};

/** Streams an answer as server-sent events; a last chunk without choices carries citations and the like. */
export const sendStream = async (completion: Completion, response: Response): Promise<void> => {
  const { body, reply, platform, midstream } = completion;
  const head = envelope(completion, 'chat.completion.chunk');
  const send = (part: Readonly<Record<string, unknown>>): void => {
    response.write(`data: ${JSON.stringify({ ...head, usage: null, ...part })}\n\n`);
  };
  const sendDelta = (delta: Readonly<Record<string, string>>): void => {
    send({ choices: [{ index: 0, delta, finish_reason: null }] });
  };
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
  sendDelta({ role: 'assistant', content: '' });
  let text = '';
  try {
    for await (const piece of reply.pieces) {
      if (response.destroyed) return;
      text += piece;
      sendDelta({ content: piece });
      if (midstream !== undefined && text.length >= brokenAfterChars) {
        breakOff(midstream, response);
        return;
      }
      const { token_ms: tokenMs } = platform.settings();
      if (tokenMs > 0) await wait(tokenMs);
    }
  } catch (error) {
    console.error('An answer failed:', error);
    breakOff('midstream_error', response);
    return;
  }
  if (midstream !== undefined) {
    breakOff(midstream, response);
    return;
  }
  const more = extras(completion, text);
  if (Object.keys(more).length > 0) send({ choices: [], ...more });
  if (body.stream_options?.include_usage === true) send({ choices: [], usage: usageOf(completion, text) });
  response.end('data: [DONE]\n\n');
};

const brokenAfterChars = 20;

const breakOff = (midstream: Midstream, response: Response): void => {
  if (midstream === 'midstream_error') {
    response.end(`data: ${JSON.stringify({ error: { message: 'Internal server error', type: 'server_error' } })}\n\n`);
  } else if (midstream === 'midstream_reset') {
    response.socket?.resetAndDestroy();
  }
};

const envelope = ({ agent }: Completion, object: string): Record<string, unknown> => ({
  id: `cmpl-${randomUUID()}`,
  object,
  created: Math.floor(Date.now() / 1000),
  model: inferenceName(agent.fields.model_uuid),
});

const extras = ({ body, reply }: Completion, text: string): Record<string, unknown> => ({
  ...(body.include_retrieval_info === true ? { retrieval: { retrieved_data: reply.grounding.items } } : {}),
  ...(reply.isCiting ? { citations: { citations: citedItems(text, reply.grounding.items) } } : {}),
  ...(body.include_functions_info === true ? { functions: { called_functions: [], function_details: [] } } : {}),
  ...(body.include_guardrails_info === true ? { guardrails: { triggered_guardrails: guardrails(reply) } } : {}),
});

const guardrails = ({ triggeredGuardrail }: Reply): readonly unknown[] =>
  triggeredGuardrail ? [{ rule_name: 'content_moderation', message: 'The request was refused.' }] : [];

// About four characters a token, as models count English.
const usageOf = ({ body, reply }: Completion, text: string): Record<string, number> => {
  const read = [
    ...body.messages.map(({ content }) => content),
    ...reply.grounding.items.map((item) => item.page_content),
  ];
  const prompt = Math.ceil(read.reduce((sum, { length }) => sum + length, 0) / 4);
  const completion = Math.ceil(text.length / 4);
  return { prompt_tokens: prompt, completion_tokens: completion, total_tokens: prompt + completion };
};
