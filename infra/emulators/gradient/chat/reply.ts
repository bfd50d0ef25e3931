import type { Platform } from '../platform.ts';
import type { Agent } from '../state.ts';
import type { ChatBody } from './chat-contract.ts';
import { extractiveReply } from './extractive-reply.ts';
import { retrieve, type Grounding, type Place, type RetrievedItem } from './grounding.ts';
import { llmReply } from './llm-reply.ts';

/** An answer on its way. */
export interface Reply {
  /** The text in small pieces. */
  readonly pieces: AsyncIterable<string>;
  readonly grounding: Grounding;
  readonly isCiting: boolean;
  readonly triggeredGuardrail: boolean;
}

const guardrailRefusal = "I'm not able to respond to that request. Please ask me something else.";

/** Answers the last user message from the agent's attached knowledge bases. */
export const replyTo = (platform: Platform, agent: Agent, body: ChatBody, signal: AbortSignal): Reply => {
  const { messages } = body;
  const question = messages.findLast(({ role }) => role === 'user')?.content ?? '';
  const isCiting = body.provide_citations ?? agent.fields.provide_citations ?? false;
  const places = placesOf(agent, body);
  const limit = body.k ?? agent.fields.k ?? 10;
  const retrieveAgain = (asked: string): Grounding => retrieve(platform, places, asked, limit);
  const grounding = retrieveAgain(question);

  const isForbidden = platform
    .settings()
    .guardrail_phrases.some((phrase) => question.toLowerCase().includes(phrase.toLowerCase()));
  if (isForbidden) {
    return { pieces: piecesOf(guardrailRefusal), grounding, isCiting, triggeredGuardrail: true };
  }
  if (platform.llm !== undefined) {
    const instruction = body.instruction_override ?? agent.fields.instruction ?? '';
    const pieces = llmReply({ llm: platform.llm, instruction, messages, grounding, isCiting, signal });
    return { pieces, grounding, isCiting, triggeredGuardrail: false };
  }
  const reply = extractiveReply({ messages, question, grounding, retrieveAgain, isCiting });
  return { pieces: piecesOf(reply.text), grounding: reply.grounding, isCiting, triggeredGuardrail: false };
};

/** The chunks whose marks stand in an answer. */
export const citedItems = (text: string, items: readonly RetrievedItem[]): RetrievedItem[] => {
  const cited = new Set([...text.matchAll(/(?:\[\[|【)C(\d+)(?:\]\]|】)/gu)].map(([, id]) => Number(id)));
  return items.filter(({ chunk_id: id }) => cited.has(id));
};

const placesOf = (agent: Agent, { kb_filters: filters }: ChatBody): Place[] =>
  agent.knowledgeBases.flatMap(({ uuid }): Place[] => {
    if (filters === undefined) return [{ base: uuid }];
    return filters.filter(({ index }) => index === uuid).map(({ path }) => ({ base: uuid, path }));
  });

// As a model does, words come one by one and a mark comes in two pieces.
const piecesOf = async function* (text: string): AsyncGenerator<string> {
  yield* text.match(/\[\[C|\d+\]\]|\s*[^\s[]+|\s+|\[/gu) ?? [];
};
