import { Failure } from '../../shared/errors/failure.ts';
import type { AgentChunk } from './agent-chunk.ts';
import { createMarkerReader, numberMarkers, type NumberedText } from './citation-markers.ts';
import { clean, type Passage } from './passages.ts';
import { createReasoningFilter } from './reasoning-filter.ts';

/** An answer while it comes in. */
export interface Reply {
  /** The text to show for this chunk; may be empty. Throws `agent_unavailable` when the answer grows past its limit. */
  readonly push: (chunk: AgentChunk) => string;
  readonly end: () => string;
  /** The whole answer, numbered again now that all passages are known. */
  readonly result: () => ReplyResult;
}

export interface ReplyResult {
  readonly answer: NumberedText;
  readonly passages: ReadonlyMap<number, Passage>;
  readonly tokensIn: number | null;
  readonly tokensOut: number | null;
}

const answerCharsMax = 32_000;

export const createReply = (): Reply => {
  const filter = createReasoningFilter();
  let cited: readonly Passage[] = [];
  let retrieved: readonly Passage[] = [];
  let usage: AgentChunk['usage'];
  let written = '';
  // Cited over retrieved: the former are those that were used.
  const passages = (): ReadonlyMap<number, Passage> =>
    new Map([...retrieved, ...cited].map((passage) => [passage.chunkId, passage]));
  // As long as no passage came, a marker is believed: most agents send the passages last.
  const markers = createMarkerReader(
    (chunkId) => (cited.length === 0 && retrieved.length === 0) || passages().has(chunkId),
  );
  const show = (text: string): string => {
    written += text;
    if (written.length > answerCharsMax) {
      throw new Failure('agent_unavailable', { cause: new Error(`an answer over ${answerCharsMax} characters`) });
    }
    return markers.push(text);
  };
  return {
    push: (chunk) => {
      cited = chunk.cited ?? cited;
      retrieved = chunk.retrieved ?? retrieved;
      usage = chunk.usage ?? usage;
      return show(filter.push(chunk.text));
    },
    end: () => show(filter.end()) + markers.end(),
    result: () => {
      const known = passages();
      return {
        answer: numberMarkers(clean(written), (chunkId) => known.has(chunkId)),
        passages: known,
        tokensIn: usage?.tokensIn ?? null,
        tokensOut: usage?.tokensOut ?? null,
      };
    },
  };
};
