import { isObject, listOf, numberOf, objectOf, parseJson, textOf, type Json } from '../http/json.ts';
import { createSseParser } from '../http/sse.ts';
import type { Citation, Message, Problem } from './messages.ts';

export type Outcome<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: Problem };

export interface WholeAnswer {
  readonly text: string;
  readonly citations: readonly Citation[];
  readonly isQuoted: boolean;
}

/** What arrives before the answer is whole. */
export interface AnswerSink {
  readonly onText: (text: string) => void;
  readonly onCitation: (citation: Citation) => void;
}

export interface AskInput {
  readonly question: string;
  readonly sessionId: string;
  readonly userId: string;
  readonly clientMessageId: string;
  readonly websiteContext: string;
}

/** Every HTTP call of the widget. Nothing throws: what went wrong is part of the outcome. */
export interface Api {
  readonly openSession: (input: { userId: string; websiteUrl: string }) => Promise<Outcome<string>>;
  readonly readHistory: (input: { sessionId: string; userId: string }) => Promise<Outcome<readonly Message[]>>;
  /** Ends with the whole answer, which is authoritative over the pieces given to `sink`. */
  readonly ask: (input: AskInput, sink: AnswerSink, stop: AbortSignal) => Promise<Outcome<WholeAnswer>>;
}

/** The page's own means, handed in so that tests need no browser. */
export interface ApiOptions {
  readonly apiUrl: string;
  readonly domainId: string;
  readonly fetch: typeof fetch;
  readonly isOnline: () => boolean;
  readonly firstByteMs?: number;
  readonly idleMs?: number;
}

const answerCharsMax = 200_000;

export const createApi = (options: ApiOptions): Api => ({
  openSession: async ({ userId, websiteUrl }) => {
    const answer = await request(options, '/session', { user_id: userId, website_url: websiteUrl });
    const sessionId = answer.ok ? textOf(answer.value['session_id']) : '';
    return answer.ok && sessionId === '' ? failure('garbled') : answer.ok ? { ok: true, value: sessionId } : answer;
  },
  readHistory: async ({ sessionId, userId }) => {
    const path = `/conversations/${encodeURIComponent(sessionId)}?user_id=${encodeURIComponent(userId)}`;
    const answer = await request(options, path);
    if (!answer.ok) return answer;
    return { ok: true, value: listOf(answer.value['messages']).map(objectOf).map(messageOf) };
  },
  ask: (input, sink, stop) => ask(options, input, sink, stop),
});

const request = async (options: ApiOptions, path: string, body?: Json): Promise<Outcome<Json>> =>
  guarded(options, undefined, async (signal) => {
    const response = await call(options, path, signal, body);
    const parsed = parseJson(await response.text());
    if (!response.ok) return { ok: false, problem: problemOf(response, parsed) };
    return isObject(parsed) ? { ok: true, value: parsed } : failure('garbled');
  });

const ask = (
  options: ApiOptions,
  input: AskInput,
  sink: AnswerSink,
  stop: AbortSignal,
): Promise<Outcome<WholeAnswer>> =>
  guarded(options, stop, async (signal, alive) => {
    const response = await call(options, '/ask', signal, {
      question: input.question,
      session_id: input.sessionId,
      user_id: input.userId,
      website_context: input.websiteContext,
      client_message_id: input.clientMessageId,
    });
    alive();
    const isStream = (response.headers.get('content-type') ?? '').startsWith('text/event-stream');
    if (!response.ok || !isStream || response.body === null) {
      const parsed = parseJson(await response.text());
      if (!response.ok) return { ok: false, problem: problemOf(response, parsed) };
      return isObject(parsed) && typeof parsed['answer'] === 'string'
        ? { ok: true, value: wholeAnswerOf(parsed) }
        : failure('garbled');
    }
    return readAnswer(response.body, sink, alive);
  });

const readAnswer = async (
  body: ReadableStream<Uint8Array>,
  sink: AnswerSink,
  alive: () => void,
): Promise<Outcome<WholeAnswer>> => {
  const found: { outcome: Outcome<WholeAnswer> | undefined } = { outcome: undefined };
  const feed = createSseParser(({ event, data }) => {
    const fields = objectOf(parseJson(data));
    if (event === 'token') sink.onText(textOf(fields['text']));
    else if (event === 'citation') sink.onCitation(citationOf(fields));
    else if (event === 'end') found.outcome = { ok: true, value: wholeAnswerOf(fields) };
    else if (event === 'error')
      found.outcome = { ok: false, problem: problemIn(fields, numberOf(fields['status']) ?? 500) };
  });
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let chars = 0;
  while (found.outcome === undefined && chars <= answerCharsMax) {
    const { done, value } = await reader.read();
    if (done) break;
    alive();
    const text = decoder.decode(value, { stream: true });
    chars += text.length;
    feed(text);
  }
  void reader.cancel().catch(() => undefined); // the connection may be gone already
  return found.outcome ?? failure('cut');
};

const call = (options: ApiOptions, path: string, signal: AbortSignal, body?: Json): Promise<Response> =>
  options.fetch(options.apiUrl + path, {
    method: body === undefined ? 'GET' : 'POST',
    headers: {
      'X-Domain-ID': options.domainId,
      Accept: path === '/ask' ? 'text/event-stream, application/json' : 'application/json',
      ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    credentials: 'omit',
    signal,
  });

type Guarded<T> = (signal: AbortSignal, alive: () => void) => Promise<Outcome<T>>;

/** Runs `work` under the two deadlines (first byte, then silence) and turns every throw into an outcome. */
const guarded = async <T>(
  { isOnline, firstByteMs = 15_000, idleMs = 20_000 }: ApiOptions,
  stop: AbortSignal | undefined,
  work: Guarded<T>,
): Promise<Outcome<T>> => {
  if (!isOnline()) return failure('offline');
  const abort = new AbortController();
  const onStop = (): void => abort.abort();
  stop?.addEventListener('abort', onStop);
  const passed = { deadline: false, firstByte: false };
  const expire = (): void => {
    passed.deadline = true;
    abort.abort();
  };
  let timer = setTimeout(expire, firstByteMs);
  const alive = (): void => {
    passed.firstByte = true;
    clearTimeout(timer);
    timer = setTimeout(expire, idleMs);
  };
  try {
    return await work(abort.signal, alive);
  } catch {
    if (stop?.aborted === true) return failure('stopped');
    if (passed.deadline) return failure('timeout');
    return failure(passed.firstByte ? 'cut' : isOnline() ? 'unreachable' : 'offline');
  } finally {
    clearTimeout(timer);
    stop?.removeEventListener('abort', onStop);
  }
};

const failure = (code: string): { readonly ok: false; readonly problem: Problem } => ({
  ok: false,
  problem: { code, status: 0, retryAfterMs: undefined },
});

const problemOf = (response: Response, body: unknown): Problem => {
  const problem = problemIn(objectOf(body), response.status);
  const header = Number(response.headers.get('retry-after') ?? Number.NaN);
  return Number.isFinite(header) ? { ...problem, retryAfterMs: header * 1000 } : problem;
};

const problemIn = (fields: Json, status: number): Problem => {
  const seconds = numberOf(fields['retry_after']) ?? numberOf(fields['retry_after_s']);
  return {
    code: textOf(fields['code']) || 'garbled',
    status,
    retryAfterMs: seconds === undefined ? undefined : seconds * 1000,
  };
};

const wholeAnswerOf = (fields: Json): WholeAnswer => ({
  text: textOf(fields['answer']),
  citations: listOf(fields['citations']).map(objectOf).map(citationOf),
  isQuoted: isQuoted(fields),
});

const isQuoted = (fields: Json): boolean => listOf(fields['degraded']).includes('search_only');

const citationOf = (fields: Json): Citation => ({
  index: numberOf(fields['index']) ?? 0,
  document: textOf(fields['document']),
  heading: textOf(fields['heading']) || undefined,
  page: numberOf(fields['page']),
  url: textOf(fields['url']) || undefined,
  quote: textOf(fields['quote']),
});

const messageOf = (fields: Json): Message => {
  const id = textOf(fields['id']);
  const text = textOf(fields['content']);
  if (fields['role'] === 'user') return { role: 'user', id, text, delivery: 'sent', problem: undefined };
  const citations = listOf(fields['citations']).map(objectOf).map(citationOf);
  return {
    role: 'assistant',
    id,
    text,
    citations,
    isQuoted: isQuoted(fields),
    progress: 'whole',
    problem: undefined,
  };
};
