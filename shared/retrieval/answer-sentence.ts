import type { Chunk } from './chunk.ts';

/** One part of an answer, in plain words, and the chunk that says it. */
export interface AnswerSentence {
  readonly text: string;
  readonly chunk: Chunk;
}
