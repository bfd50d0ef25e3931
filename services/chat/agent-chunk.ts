import { z } from 'zod';
import { readCitations, readRetrieval, type Passage } from './passages.ts';

/** What one piece of the agent's stream says; absent members were not in it. */
export interface AgentChunk {
  /** For the visitor. Reasoning that comes in a field of its own is not in it. */
  readonly text: string;
  readonly isLast: boolean;
  readonly hasFailed: boolean;
  readonly cited: readonly Passage[] | undefined;
  readonly retrieved: readonly Passage[] | undefined;
  readonly usage: { readonly tokensIn: number; readonly tokensOut: number } | undefined;
}

// What a column of Postgres can hold; a count beyond it is not worth an answer.
const tokenCount = z.int().min(0).max(2_147_483_647);
const chunkSchema = z.object({
  choices: z
    .array(
      z.object({
        delta: z.object({ content: z.string().nullish().catch(null) }).nullish(),
        finish_reason: z.string().nullish().catch(null),
      }),
    )
    .nullish(),
  usage: z.object({ prompt_tokens: tokenCount, completion_tokens: tokenCount }).nullish().catch(null),
  error: z.unknown().optional(),
  citations: z.unknown().optional(),
  retrieval: z.unknown().optional(),
});

/**
 * Reads one `data:` of the stream; undefined when it is not a chunk at all. Lenient on purpose: real agents leave out what
 * their own schema requires, and which chunk carries citations is not said anywhere.
 */
export const readChunk = (data: string): AgentChunk | undefined => {
  const parsed = chunkSchema.safeParse(parseJson(data));
  if (!parsed.success) return undefined;
  const { choices, usage, error, citations, retrieval } = parsed.data;
  const choice = choices?.[0];
  return {
    text: choice?.delta?.content ?? '',
    isLast: typeof choice?.finish_reason === 'string',
    hasFailed: Boolean(error),
    // Most pieces are a word and nothing else, and a schema's refusal costs more than its consent.
    cited: citations === undefined ? undefined : readCitations(citations),
    retrieved: retrieval === undefined ? undefined : readRetrieval(retrieval),
    usage: usage == null ? undefined : { tokensIn: usage.prompt_tokens, tokensOut: usage.completion_tokens },
  };
};

const parseJson = (data: string): unknown => {
  try {
    return JSON.parse(data);
  } catch {
    return undefined;
  }
};
