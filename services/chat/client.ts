import { Failure } from '../../shared/errors/failure.ts';
import type { Http, HttpStream } from '../../shared/http/contract.ts';
import { parseSse } from '../../shared/http/sse.ts';
import { readChunk, type AgentChunk } from './agent-chunk.ts';
import type { AgentAccess } from './agent-access.ts';
import type { AgentMessage } from './domain.ts';
import { startSilenceWatch, type SilenceWatch } from './silence-watch.ts';

/** The agent's own endpoint: the one outside system of this service. */
export interface AgentClient {
  /**
   * Opens one completion. Throws `agent_unavailable` when it is refused, broken, silent, cut short or reports an error in
   * its stream; `upstreamStatusOf` tells a refused key. Aborting `signal` closes the connection.
   */
  readonly complete: (
    access: AgentAccess,
    messages: readonly AgentMessage[],
    signal: AbortSignal,
  ) => Promise<AsyncIterable<AgentChunk>>;
}

interface AgentClientOptions {
  readonly http: Http;
  readonly firstTokenMs: number;
  /** Between tokens. */
  readonly idleMs: number;
}

const streamBytesMax = 8_000_000;

export const createAgentClient = ({ http, firstTokenMs, idleMs }: AgentClientOptions): AgentClient => ({
  complete: async (access, messages, signal) => {
    const watch = startSilenceWatch({ firstMs: firstTokenMs, idleMs, outer: signal });
    try {
      const stream = await http.openStream({
        method: 'POST',
        // Without `agent=true` some deployments answer without looking anything up.
        url: `${access.endpoint.replace(/\/+$/, '')}/api/v1/chat/completions?agent=true`,
        headers: { authorization: `Bearer ${access.accessKey}`, accept: 'text/event-stream' },
        json: {
          model: 'n/a',
          messages,
          stream: true,
          stream_options: { include_usage: true },
          provide_citations: true,
          include_retrieval_info: true,
        },
        responseMs: firstTokenMs,
        idleMs: Math.max(firstTokenMs, idleMs),
        responseBytesMax: streamBytesMax,
        signal: watch.signal,
      });
      return readStream(stream, watch);
    } catch (thrown) {
      watch.clear();
      throw thrown;
    }
  },
});

async function* readStream(stream: HttpStream, watch: SilenceWatch): AsyncGenerator<AgentChunk> {
  let hasEnd = false;
  try {
    for await (const { data } of parseSse(stream.chunks)) {
      if (data === '[DONE]') {
        hasEnd = true;
        break;
      }
      const chunk = readChunk(data);
      if (chunk === undefined) throw broken('not a chunk of an answer');
      if (chunk.hasFailed) throw broken('the agent reported an error');
      watch.heard();
      hasEnd ||= chunk.isLast;
      yield chunk;
    }
  } catch (thrown) {
    throw thrown instanceof Failure ? thrown : broken('the stream could not be read', thrown);
  } finally {
    watch.clear();
    stream.close();
  }
  // A connection that ends politely in the middle of a sentence looks like any other end.
  if (!hasEnd) throw broken('the stream ended before the answer did');
}

// What was wrong is for the log; the visitor is told that the agent did not answer.
const broken = (reason: string, cause?: unknown): Failure =>
  new Failure('agent_unavailable', { cause: new Error(reason, { cause }) });
