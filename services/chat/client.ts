import { Failure } from '../../shared/errors/failure.ts';
import type { Http, HttpStream } from '../../shared/http/contract.ts';
import type { OutsideSystem } from '../../shared/http/outside-system.ts';
import { parseSse } from '../../shared/http/sse.ts';
import { readChunk, type AgentChunk } from './agent-chunk.ts';
import type { AgentAccess } from './agent-access.ts';
import type { AgentMessage } from './domain.ts';
import { startSilenceWatch, type SilenceWatch } from './silence-watch.ts';

/** The agent's own endpoint: the one outside system of this service. */
export interface AgentClient {
  /**
   * Opens one completion and waits for its first words: they tell whether the agent works. Throws `agent_unavailable` when
   * it is refused, broken, silent, cut short or reports an error in its stream; `upstreamStatusOf` tells a refused key.
   * Aborting `signal` closes the connection.
   */
  readonly complete: (
    access: AgentAccess,
    messages: readonly AgentMessage[],
    signal: AbortSignal,
  ) => Promise<AsyncIterable<AgentChunk>>;
}

interface AgentClientOptions {
  readonly http: Http;
  /** Judges each endpoint for itself: a broken agent is the trouble of its own domain only. */
  readonly agents: OutsideSystem;
  readonly firstTokenMs: number;
  /** Between tokens. */
  readonly idleMs: number;
}

const streamBytesMax = 8_000_000;
const eventStream = 'text/event-stream';

export const createAgentClient = (options: AgentClientOptions): AgentClient => {
  const { agents, firstTokenMs, idleMs } = options;
  return {
    complete: async (access, messages, signal) => {
      const watch = startSilenceWatch({ firstMs: firstTokenMs, idleMs, outer: signal });
      try {
        const call = { breaker: access.endpoint, signal };
        return await agents.run(call, async () => {
          const stream = await open(options, { access, messages, signal: watch.signal });
          return fromFirstWords(readStream(stream, watch));
        });
      } catch (thrown) {
        watch.clear();
        throw thrown;
      }
    },
  };
};

interface Completion {
  readonly access: AgentAccess;
  readonly messages: readonly AgentMessage[];
  readonly signal: AbortSignal;
}

const open = async (
  { http, firstTokenMs, idleMs }: AgentClientOptions,
  { access, messages, signal }: Completion,
): Promise<HttpStream> => {
  const stream = await http.openStream({
    method: 'POST',
    // Without `agent=true` some deployments answer without looking anything up.
    url: `${access.endpoint.replace(/\/+$/, '')}/api/v1/chat/completions?agent=true`,
    headers: { authorization: `Bearer ${access.accessKey}`, accept: eventStream },
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
    signal,
  });
  const type = stream.headers['content-type'] ?? eventStream;
  if (type.startsWith(eventStream)) return stream;
  stream.close();
  throw broken(`not a stream but ${type.slice(0, 80)}`);
};

/** The same chunks, once there are words among them or they have ended. */
const fromFirstWords = async (chunks: AsyncGenerator<AgentChunk>): Promise<AsyncIterable<AgentChunk>> => {
  const first: AgentChunk[] = [];
  for (let hasWords = false; !hasWords;) {
    const next = await chunks.next();
    if (next.done === true) break;
    first.push(next.value);
    hasWords = next.value.text !== '';
  }
  return joined(first, chunks);
};

async function* joined(first: readonly AgentChunk[], rest: AsyncGenerator<AgentChunk>): AsyncGenerator<AgentChunk> {
  try {
    yield* first;
    yield* rest;
  } finally {
    await rest.return(undefined);
  }
}

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
    // A connection that ends politely in the middle of a sentence looks like any other end.
    if (!hasEnd) throw broken('the stream ended before the answer did');
  } catch (thrown) {
    throw thrown instanceof Failure ? thrown : broken('the stream could not be read', thrown);
  } finally {
    watch.clear();
    stream.close();
  }
}

// What was wrong is for the log; the visitor is told that the agent did not answer.
const broken = (reason: string, cause?: unknown): Failure =>
  new Failure('agent_unavailable', { cause: new Error(reason, { cause }) });
