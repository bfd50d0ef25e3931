/** An HTTP answer, read to its end. */
export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** Parsed when it is JSON, else undefined. */
  readonly body: unknown;
}

export interface Sent {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** JSON unless it is a form, text or bytes. */
  readonly body?: unknown;
  readonly signal?: AbortSignal;
}

const timeoutMs = 60_000;

/** One request. Any status is an answer; rejects only when none came. */
export const send = async (url: string, sent: Sent = {}): Promise<Reply> => {
  const response = await request(url, sent);
  const text = await response.text();
  const isJson = (response.headers.get('content-type') ?? '').includes('json');
  return { status: response.status, headers: response.headers, text, body: isJson ? JSON.parse(text) : undefined };
};

export interface SseEvent {
  readonly event: string;
  readonly id: string | undefined;
  readonly data: unknown;
}

export interface SseStream {
  readonly status: number;
  /** What came so far. */
  readonly events: () => readonly SseEvent[];
  /** Resolves when the server ended the stream (`whole`), or the connection broke or was left (`cut`). */
  readonly ended: Promise<'whole' | 'cut'>;
  readonly leave: () => void;
}

/** Reads Server-Sent Events while the stream is open. An answer that is no stream is given up with its text. */
export const openSse = async (url: string, { signal, ...sent }: Sent = {}): Promise<SseStream> => {
  const gone = new AbortController();
  const response = await request(url, {
    ...sent,
    headers: { accept: 'text/event-stream', ...sent.headers },
    signal: signal === undefined ? gone.signal : AbortSignal.any([gone.signal, signal]),
  });
  if (!(response.headers.get('content-type') ?? '').startsWith('text/event-stream')) {
    throw new Error(`no stream but ${response.status}: ${await response.text()}`);
  }
  let text = '';
  const read = async (): Promise<'whole' | 'cut'> => {
    const decoder = new TextDecoder();
    try {
      for await (const chunk of response.body ?? []) text += decoder.decode(chunk as Uint8Array, { stream: true });
      return 'whole';
    } catch {
      // What came so far is what there is.
      return 'cut';
    }
  };
  return { status: response.status, events: () => eventsIn(text), ended: read(), leave: () => gone.abort() };
};

const request = (url: string, { method, headers, body, signal }: Sent): Promise<Response> => {
  const isRaw = typeof body === 'string' || body instanceof Uint8Array || body instanceof FormData;
  return fetch(url, {
    method: method ?? (body === undefined ? 'GET' : 'POST'),
    headers: { ...(body === undefined || isRaw ? {} : { 'content-type': 'application/json' }), ...headers },
    ...(body === undefined ? {} : { body: isRaw ? (body as string | FormData) : JSON.stringify(body) }),
    redirect: 'manual',
    signal: signal ?? AbortSignal.timeout(timeoutMs),
  });
};

const eventsIn = (text: string): readonly SseEvent[] =>
  text
    .split('\n\n')
    // What follows the last blank line may be half of an event.
    .slice(0, -1)
    .map((block) => new Map(block.split('\n').map(fieldOf)))
    .filter((fields) => fields.has('data'))
    .map((fields) => ({
      event: fields.get('event') ?? 'message',
      id: fields.get('id'),
      data: JSON.parse(fields.get('data') ?? 'null') as unknown,
    }));

const fieldOf = (line: string): [string, string] => {
  const colon = line.indexOf(':');
  return [line.slice(0, colon), line.slice(colon + 1).trimStart()];
};
